import { Fifo } from "../core/fifo.ts";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import { keepsAlive } from "../http/fields.ts";
import type { HttpEvent, HttpFault, RequestHead, ResponseHead } from "../http/message.ts";
import { RequestObserver } from "../http/request-observer.ts";
import { ResponseObserver } from "../http/response-observer.ts";
import type { Endings } from "../path/condition.ts";
import type { EndCause } from "../path/path-effect.ts";
import { describeFailure, formatAnswer, isFinal, type PlainAnswer } from "./answers.ts";
import type { Awaited } from "./awaited.ts";
import type { DeviceLeg } from "./device-leg.ts";
import { HeadTimeout, SLOW_HEAD } from "./head-timeout.ts";
import { type FlowBytes, flowBytes, type FlowHandler, type FlowWatcher } from "./flow-handler.ts";
import { HoleTimer } from "./hole-timer.ts";
import { CLOSED_BY_SERVER, type ServerFailure, ServerLeg, type ServerLegEvents } from "./server-leg.ts";
import type { Target } from "./target.ts";

/** What a relay needs besides its device's leg; the same for all relays of a listener. */
export interface RelayOptions {
  readonly target: Target;
  readonly scheduler: Scheduler;
  /** How long a head may take, and the first one to come, in real ms. */
  readonly headersTimeoutMs: Millis;
  /** How long a silenced flow is kept at most, in emulated ms. */
  readonly holeLifetimeMs: Millis;
}

/**
 * One device connection relayed to one server connection, bytes unchanged both ways.
 * The observers clear bytes for passing on; what they can't frame without doubt is refused.
 *
 * Each side's FIN passes to the other, behind what was said before, and what the other still says goes on passing.
 * A device's FIN is not yet its leaving: it may still read. A server that then ends without an answer took it for
 * leaving, and so do we.
 *
 * States: relaying -> (refusing: a fault waits for earlier answers) -> closing (the device's leg is ending);
 * at any time the path may end (dead): then both sides go on as if the other were there, until neither can learn more.
 */
export class Relay implements FlowHandler, ServerLegEvents {
  readonly #options: RelayOptions;
  readonly #watcher: FlowWatcher;
  readonly #requests = new RequestObserver();
  readonly #responses = new ResponseObserver();
  readonly #answers = new Fifo<Awaited>();
  tellConnected: FlowHandler["tellConnected"];
  #device: DeviceLeg | undefined;
  #server: ServerLeg | undefined;
  #serverClosed = true;
  #headTimeout: HeadTimeout | undefined;
  #hole: HoleTimer | undefined;
  #fault: HttpFault | undefined;
  /** Answers that have not left the path yet. */
  #crossingCount = 0;
  #midRequest = false;
  #secured = false;
  #deviceEnded = false;
  #answeredLast = false;
  #closing = false;
  #dead = false;
  #finished = false;

  constructor(options: RelayOptions, watcher: FlowWatcher) {
    this.#options = options;
    this.#watcher = watcher;
    this.#awaitHead();
  }

  attach(device: DeviceLeg): void {
    this.#device = device;
  }

  get busy(): boolean {
    const waits = this.#crossingCount > 0 || (this.#owes && !this.#closing);
    return waits && this.#device?.path.reaches("toDevice") !== false;
  }

  get bytes(): FlowBytes {
    return flowBytes(this.#device?.wireBytes, this.#server?.wireBytes);
  }

  abort(): void {
    this.#device?.release();
    this.#server?.reset();
  }

  secured(): void {
    this.#secured = true;
    this.#watcher.secured("device");
  }

  tlsFailed(reason: string): void {
    this.#watcher.tlsFailed(reason);
    this.#closing = true;
    this.#server?.reset();
  }

  data(bytes: Uint8Array): void {
    if (this.#closing || this.#fault !== undefined) return;
    this.#passRequest(this.#requests.push(bytes));
    this.#watchHead();
  }

  drained(): void {
    this.#server?.resume();
  }

  answersHeld(hop: string | undefined): void {
    this.#watcher.answersHeld(hop);
  }

  swallowed(): void {
    this.#watcher.settled();
  }

  answersMissed(): void {
    this.#watcher.answersMissed();
  }

  finToServer(): void {
    if (this.#dead) return this.#server?.fin();
    this.#deviceEnded = true;
    if (this.#serverClosed) this.#endDevice();
    else if (this.#device?.gone === true) this.#server?.endOrReset();
    else this.#endServer();
  }

  rstToServer(): void {
    if (this.#dead) this.#server?.reset();
    else this.#leave(true);
  }

  pathEnded(hop: string, condition: EndCause, endings: Endings): void {
    this.#dead = true;
    this.#endHead();
    this.#watcher.pathEnded(hop, condition, endings);
    this.#hole ??= new HoleTimer(this.#options.scheduler, this.#options.holeLifetimeMs, this);
    this.#server?.resume();
  }

  /** What becomes of the server's side is the path's to say. */
  respond(status: number): void {
    const { first } = this.#answers;
    if (first?.begun === true) this.#cutDevice("close");
    else if (first === undefined) this.#endDevice();
    else this.#answer({ status, sentence: "The request took longer than a proxy on the path waits." });
  }

  /**
   * On a dead path the server can't learn that the device went: it ends its side when it likes. On one that still holds
   * what the device said last it learns of it when that comes out.
   */
  deviceGone(): void {
    this.#endHead();
    if (this.#device?.path.holds("toServer") === true) this.#leaveUnheard();
    else if (this.#deviceEnded && !this.#dead) this.#server?.endOrReset();
    else if (!this.#dead) this.#server?.reset();
    this.#finishIfGone();
  }

  #leaveUnheard(): void {
    this.#watcher.deviceLeft();
    this.#hole ??= new HoleTimer(this.#options.scheduler, this.#options.holeLifetimeMs, this);
    this.#server?.resume();
  }

  /** Whether the server has still something to answer. */
  get #owes(): boolean {
    return this.#answers.length > 0;
  }

  #passRequest(events: readonly HttpEvent<RequestHead>[]): void {
    const watcher = this.#watcher;
    for (const event of events) {
      switch (event.kind) {
        case "head":
          this.#expectAnswer(event.head);
          break;
        case "bytes":
          if (!this.#serverLeg().write(event.bytes)) this.#device?.pause();
          break;
        case "body":
          watcher.requestBody(event.bytes);
          break;
        case "end":
          this.#midRequest = false;
          watcher.requestEnd();
          break;
        case "fault":
          this.#refuse(event.fault);
      }
    }
  }

  #expectAnswer(head: RequestHead): void {
    const { method, upgrade } = head;
    this.#midRequest = true;
    this.#endHead();
    const awaited = { method, upgrade, begun: false, last: !keepsAlive(head) };
    this.#answers.push(awaited);
    this.#responses.expect(awaited);
    this.#device?.path.review(this.#watcher.requestHead(head));
  }

  #passResponse(events: readonly HttpEvent<ResponseHead>[]): void {
    const watcher = this.#watcher;
    for (const event of events) {
      if (this.#closing && !this.#dead) return;
      switch (event.kind) {
        case "head":
          this.#beginAnswer(event.head);
          break;
        case "bytes":
          if (!this.#closing && this.#device?.write(event.bytes) === false) this.#server?.pause();
          break;
        case "body":
          watcher.answerBody(event.bytes);
          break;
        case "end":
          this.#endAnswer();
          break;
        case "fault":
          this.#failAnswer({ code: "E_PROTOCOL", message: event.fault.message, connected: true });
      }
    }
  }

  #beginAnswer(head: ResponseHead): void {
    const { first } = this.#answers;
    if (first === undefined || !isFinal(head)) return;
    first.begun = true;
    first.last ||= !keepsAlive(head);
    this.#watcher.answerHead(head);
    if (!first.upgrade) return;
    this.#passRequest(this.#requests.resolveUpgrade(head.status === 101));
    if (this.#deviceEnded) this.#endServer();
  }

  #endAnswer(): void {
    if (this.#answers.first?.begun !== true) return;
    this.#answeredLast = this.#answers.shift()?.last === true;
    this.#awaitCrossing(this.#watcher.answerEnd());
    if (this.#fault !== undefined) this.#refuse(this.#fault);
  }

  #awaitCrossing(passed: () => void): void {
    this.#crossingCount += 1;
    this.#device?.whenPassed(() => {
      this.#crossingCount -= 1;
      passed();
    });
  }

  /** Answers a fault once the requests before it have been answered; a request broken in its body is given up. */
  #refuse(fault: HttpFault): void {
    if (this.#fault === undefined) this.#watcher.refused(fault);
    this.#fault = fault;
    this.#endHead();
    const broken = this.#midRequest ? 1 : 0;
    if (this.#answers.length > broken) return;
    const { first } = this.#answers;
    const answeredEarly = this.#midRequest && first === undefined;
    if (first?.begun === true || answeredEarly) this.#cutDevice("close");
    else this.#answer({ status: fault.status, sentence: fault.message });
  }

  /** Gives the device an answer of ours and ends both legs. */
  #answer(answer: PlainAnswer): void {
    const method = this.#answers.first?.method ?? "GET";
    this.#device?.write(formatAnswer(answer, method));
    this.#endDevice();
    this.#abandonServer();
  }

  /** What the device still sends is taken and thrown away, so that it can't stand between it and our last word. */
  #endDevice(): void {
    this.#close();
    this.#device?.end();
    this.#device?.resume();
  }

  #cutDevice(how: "reset" | "close"): void {
    this.#close();
    this.#device?.cut(how);
    this.#device?.resume();
    this.#abandonServer();
  }

  /** Nothing is owed any more but what has been written. */
  #close(): void {
    this.#closing = true;
    this.#awaitCrossing(() => this.#watcher.settled());
  }

  #abandonServer(): void {
    if (!this.#dead) this.#server?.reset();
  }

  #serverLeg(): ServerLeg {
    if (this.#server === undefined) {
      this.#serverClosed = false;
      this.#server = new ServerLeg(this.#options.target, this);
    }
    return this.#server;
  }

  serverData(bytes: Uint8Array): void {
    this.#passResponse(this.#responses.push(bytes));
  }

  serverDrained(): void {
    this.#device?.resume();
  }

  serverConnected(): void {
    if (this.tellConnected !== undefined) this.tellConnected(this.#server?.tuple);
    if (this.#options.target.tls !== undefined) this.#watcher.secured("server");
  }

  serverFailed(failure: ServerFailure): void {
    this.#failAnswer(failure);
  }

  serverClosed(): void {
    this.#serverClosed = true;
    this.#finishIfGone();
  }

  serverEnded(): void {
    this.#passResponse(this.#responses.end());
    if (this.#dead) return this.#endDeadServer();
    if (this.#closing) return;
    const owesAnswer = this.#owes && !this.#answeredLast;
    if (owesAnswer && !this.#deviceEnded) return this.#failAnswer(CLOSED_BY_SERVER);
    if (owesAnswer) this.#leave();
    this.#device?.end();
  }

  /** Passes the device's FIN on; behind a request to upgrade that is not answered yet it waits as what was said there. */
  #endServer(): void {
    if (this.#requests.state !== "upgrade-pending" || this.#requests.heldBytes === 0) this.#server?.end();
  }

  /** The server's FIN goes into the path, where a hop may have an answer to it. */
  #endDeadServer(): void {
    if (!this.#closing) this.#device?.cut("close");
    this.#server?.end();
  }

  /** The server broke off: a sentence where no answer had begun, a visible cut where one had. */
  #failAnswer(failure: ServerFailure): void {
    if (this.#closing) return;
    if (this.#dead) return this.#device?.cut("reset");
    if (this.#answeredLast && !this.#owes) return this.#endDevice();
    if (this.#deviceEnded && failure.connected) return this.#cutDevice("reset");
    const { first } = this.#answers;
    const answered = first !== undefined && !first.begun;
    this.#watcher.serverFailed(failure, answered ? 502 : undefined);
    if (answered) this.#answer({ status: 502, sentence: describeFailure(this.#options.target.url.host, failure) });
    else this.#cutDevice(failure.code === "ECONNRESET" ? "reset" : "close");
  }

  /** The device is gone, or has ended its side and its server does not wait for it: what it asked is given up. */
  #leave(byReset = false): void {
    this.#watcher.deviceLeft(byReset);
    this.#server?.reset();
  }

  /** A head that has begun must end in time; between requests a device may be silent as long as it likes. */
  #watchHead(): void {
    if (this.#requests.state === "head") this.#awaitHead();
    else this.#endHead();
  }

  #awaitHead(): void {
    this.#headTimeout ??= new HeadTimeout(this.#options.headersTimeoutMs, this);
    this.#headTimeout.start();
  }

  #endHead(): void {
    this.#headTimeout?.stop();
    this.#headTimeout = undefined;
  }

  headTooSlow(): void {
    if (this.#requests.state === "head") return this.#refuse(SLOW_HEAD);
    if (this.#secured) this.#endDevice();
    else this.#cutDevice("close");
  }

  #finishIfGone(): void {
    if (this.#finished || this.#device?.gone !== true || !this.#serverClosed) return;
    this.#finished = true;
    this.#hole?.stop();
    this.#endHead();
    this.#device.finish();
    this.#watcher.closed(this.bytes);
  }
}
