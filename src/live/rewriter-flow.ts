import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { HttpEvent, HttpFault, RequestHead, ResponseHead } from "../http/message.ts";
import { RequestObserver } from "../http/request-observer.ts";
import type { Endings } from "../path/condition.ts";
import type { EndCause } from "../path/path-effect.ts";
import { describeFailure, formatAnswer, type PlainAnswer } from "./answers.ts";
import type { DeviceLeg } from "./device-leg.ts";
import { HeadTimeout, SLOW_HEAD } from "./head-timeout.ts";
import { type FlowBytes, flowBytes, type FlowHandler, type FlowWatcher } from "./flow-handler.ts";
import { HOLE_LIFETIME_MS, HoleTimer } from "./hole-timer.ts";
import type { Outgoing, RewriterExchange, RewriterExchangeEvents } from "./rewriter-exchange.ts";
import { formatInterim } from "./rewriter-fields.ts";
import { RewriterServerSide } from "./rewriter-server-side.ts";
import type { Refused } from "./rewriter-route.ts";
import { RewriterStream, type StreamEnding } from "./rewriter-stream.ts";
import { WaitingRequests } from "./rewriter-waiting.ts";
import type { RewriterTunnelEvents } from "./rewriter-tunnel.ts";
import type { ServerFailure } from "./server-leg.ts";

/** What a flow of the rewriter needs besides its device's leg. */
export interface RewriterFlowOptions {
  readonly scheduler: Scheduler;
  readonly watcher: FlowWatcher;
  /** How long a head may take, and the first one to come, in real ms. */
  readonly headersTimeoutMs: Millis;
  /** Says where a request goes and as what, or why it goes nowhere. */
  route(head: RequestHead, deviceAddress: string): Outgoing | Refused;
  /** Lets the HTTP server read from the stream and answer into it. */
  serve(stream: RewriterStream): void;
}

/**
 * One device connection whose requests go to the backends one after the other.
 * An observer clears the device's bytes before the HTTP server may read them, so that none is read in two ways; a
 * request waits until the answer before it has ended, so that pooled connections can't change their order.
 * A device's FIN is passed on and is not yet its leaving, as in the relay.
 *
 * States: serving -> closing (the device's leg is ending); at any time the path may end (dead): then the server's side
 * goes on as if the device were there, until neither can learn more.
 */
export class RewriterFlow implements FlowHandler {
  readonly #options: RewriterFlowOptions;
  readonly #requests = new RequestObserver();
  readonly #server = new RewriterServerSide(() => this.#finishIfGone());
  readonly #waiting = new WaitingRequests();
  #device: DeviceLeg | undefined;
  #deviceAddress = "";
  #stream: RewriterStream | undefined;
  /** The request whose answer has not ended. */
  #exchange: RewriterExchange | undefined;
  /** The last answer is still being written, and may be the connection's last. */
  #settling = false;
  /** What is to be called, answer by answer, when it has left the path. */
  readonly #crossing: (() => void)[] = [];
  #method = "";
  readonly #headTimeout: HeadTimeout;
  #hole: HoleTimer | undefined;
  #midRequest = false;
  #secured = false;
  #deviceEnded = false;
  #faulted = false;
  #closing = false;
  #dead = false;
  #finished = false;

  constructor(options: RewriterFlowOptions) {
    this.#options = options;
    this.#headTimeout = new HeadTimeout(options.headersTimeoutMs, this);
    this.#headTimeout.start();
  }

  attach(device: DeviceLeg): void {
    this.#device = device;
    this.#deviceAddress = device.remoteAddress?.replace(/^::ffff:(?=\d+\.)/iu, "") ?? "unknown";
  }

  get busy(): boolean {
    const asks = !this.#closing && (this.#exchange !== undefined || this.#waiting.asks);
    return (asks || this.#crossing.length > 0) && this.#device?.path.reaches("toDevice") !== false;
  }

  get bytes(): FlowBytes {
    return flowBytes(this.#device?.wireBytes, this.#server.bytes);
  }

  abort(): void {
    this.#device?.release();
    this.#server.reset();
  }

  secured(): void {
    this.#secured = true;
    this.#options.watcher.secured("device");
  }

  tlsFailed(reason: string): void {
    this.#options.watcher.tlsFailed(reason);
    this.#closing = true;
    this.#server.reset();
  }

  data(bytes: Uint8Array): void {
    if (this.#closing || this.#faulted) return;
    this.#take(this.#requests.push(bytes));
    this.#watchHead();
  }

  drained(): void {
    this.#stream?.drained();
  }

  answersHeld(hop: string | undefined): void {
    this.#options.watcher.answersHeld(hop);
  }

  swallowed(): void {
    this.#options.watcher.settled();
  }

  answersMissed(): void {
    this.#options.watcher.answersMissed();
  }

  finToServer(): void {
    if (this.#dead) return this.#server.fin();
    this.#deviceEnded = true;
    const broken = this.#requests.end().some((event) => event.kind === "fault");
    if (!broken) return this.#settleEnd();
    if (this.#exchange !== undefined || this.#waiting.asks) this.#leave();
    this.#endDevice("in-order");
  }

  rstToServer(): void {
    if (this.#dead) this.#server.reset();
    else this.#leave(true);
  }

  pathEnded(hop: string, condition: EndCause, endings: Endings): void {
    this.#dead = true;
    this.#headTimeout.stop();
    this.#waiting.clear();
    this.#options.watcher.pathEnded(hop, condition, endings);
    this.#hole ??= new HoleTimer(this.#options.scheduler, HOLE_LIFETIME_MS, this);
    this.#device?.resume();
    this.#stream?.drained();
  }

  respond(status: number): void {
    if (this.#exchange === undefined) return this.#endDevice("in-order");
    if (this.#exchange.begun) return this.#cutDevice("close");
    this.#answer({ status, sentence: "The request took longer than a proxy on the path waits." });
  }

  /** A path that still holds what the device said last lets the backend learn of its going when that comes out. */
  deviceGone(): void {
    this.#headTimeout.stop();
    this.#stream?.drained();
    if (this.#device?.path.holds("toServer") === true) {
      this.#options.watcher.deviceLeft();
      this.#hole ??= new HoleTimer(this.#options.scheduler, HOLE_LIFETIME_MS, this);
    } else if (!this.#dead || this.#exchange === undefined) this.#server.reset();
    this.#finishIfGone();
  }

  /** The exchange that a request read by the HTTP server belongs to. */
  takeRequest(): RewriterExchange | undefined {
    return this.#exchange;
  }

  /** The HTTP server can't read what the observer let through. */
  unreadable({ code = "", message }: Error & { readonly code?: string }): void {
    if (this.#closing || this.#dead || this.#finished) return;
    const status = code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
    this.#refuse({ status, message: `The request can't be read: ${message}.`, offsetBytes: 0 });
  }

  #take(events: readonly HttpEvent<RequestHead>[]): void {
    for (const event of events) {
      this.#waiting.add(event);
      if (event.kind === "head") this.#headTimeout.stop();
      if (event.kind === "fault") this.#faulted = true;
    }
    this.#pump();
  }

  /** Lets events act that need not wait for an answer. */
  #pump(): void {
    if (this.#stream?.writableEnded === true) this.#closing = true;
    for (let event = this.#waiting.first; event !== undefined && !this.#closing; event = this.#waiting.first) {
      if (this.#mustWait(event)) break;
      this.#waiting.take();
      this.#act(event);
    }
    if (this.#waiting.full && !this.#closing) this.#device?.pause();
    this.#settleEnd();
  }

  #mustWait({ kind }: HttpEvent<RequestHead>): boolean {
    const waits = this.#exchange !== undefined || this.#settling;
    return waits && (kind === "head" || (kind === "fault" && !this.#midRequest));
  }

  #act(event: HttpEvent<RequestHead>): void {
    switch (event.kind) {
      case "head":
        return this.#begin(event.head);
      case "bytes":
        return this.#pass(event.bytes);
      case "body":
        return this.#options.watcher.requestBody(event.bytes);
      case "end":
        this.#midRequest = false;
        return this.#options.watcher.requestEnd();
      case "fault":
        return this.#refuse(event.fault);
    }
  }

  #begin(head: RequestHead): void {
    this.#method = head.method;
    const outgoing = this.#options.route(head, this.#deviceAddress);
    if ("status" in outgoing) return this.#refuse({ ...outgoing, offsetBytes: 0 });
    this.#midRequest = true;
    this.#device?.path.review(this.#options.watcher.requestHead(head));
    this.#exchange = this.#server.beginExchange(outgoing, this.#exchangeEvents);
  }

  #pass(bytes: Uint8Array): void {
    const { tunnel } = this.#server;
    const taken = tunnel === undefined ? this.#openStream()?.arrive(bytes) : tunnel.write(bytes);
    if (taken === false) this.#device?.pause();
  }

  #openStream(): RewriterStream | undefined {
    if (this.#stream !== undefined || this.#device === undefined) return this.#stream;
    this.#stream = new RewriterStream(this.#device, {
      wanted: () => this.#resumeDevice(),
      ended: () => {
        this.#closing = true;
        this.#device?.whenPassed(this.#tellPassed);
      },
    });
    this.#stream.on("drain", () => this.#server.tunnel?.resume());
    this.#options.serve(this.#stream);
    return this.#stream;
  }

  #resumeDevice(): void {
    if (this.#closing || !this.#waiting.full) this.#device?.resume();
  }

  readonly #exchangeEvents: Omit<RewriterExchangeEvents, "closed"> = {
    secured: () => this.#options.watcher.secured("server"),
    interim: (status, reason, fields) => {
      if (this.#exchange?.head.minorVersion === 1) this.#stream?.write(formatInterim(status, reason, fields));
    },
    answerHead: (head) => this.#beginAnswer(head),
    answerBody: (bytes) => this.#options.watcher.answerBody(bytes),
    answerEnd: () => {
      this.#settling = true;
      this.#endAnswer();
    },
    settled: () => {
      this.#settling = false;
      this.#device?.whenPassed(this.#tellPassed);
      if (!this.#dead) this.#pump();
      this.#resumeDevice();
    },
    upgraded: (head, connection, firstBytes, own) => {
      this.#stream?.write(formatInterim(head.status, head.reason, head.fields));
      this.#server.beginTunnel(connection, own, this.#tunnelEvents);
      this.#beginAnswer(head);
      this.#endAnswer();
      this.#device?.whenPassed(this.#tellPassed);
      if (firstBytes.length > 0) this.#passTunnelled(firstBytes);
    },
    failed: (failure) => this.#failAnswer(failure),
  };

  readonly #tellPassed = (): void => this.#crossing.shift()?.();

  readonly #tunnelEvents: Omit<RewriterTunnelEvents, "closed"> = {
    data: (bytes) => this.#passTunnelled(bytes),
    drained: () => this.#resumeDevice(),
    ended: () => this.#endTunnel(),
    failed: (failure) => this.#failAnswer(failure),
  };

  #beginAnswer(head: ResponseHead): void {
    this.#options.watcher.answerHead(head);
    if (this.#exchange?.head.upgrade === true) this.#take(this.#requests.resolveUpgrade(head.status === 101));
  }

  #endAnswer(): void {
    this.#exchange = undefined;
    this.#crossing.push(this.#options.watcher.answerEnd());
    this.#settleEnd();
  }

  /** Whether the device's leg takes more. */
  #passTunnelled(bytes: Uint8Array): boolean {
    return this.#closing || (this.#stream?.write(bytes) ?? true);
  }

  #endTunnel(): void {
    if (this.#dead) this.#server.tunnel?.end();
    else if (!this.#closing) this.#endDevice("in-order");
  }

  /** Hands the device's FIN on once all it asked has been passed on. */
  #settleEnd(): void {
    if (!this.#deviceEnded || this.#dead || this.#closing || !this.#waiting.empty) return;
    const upstream = this.#server.tunnel ?? this.#exchange;
    if (upstream === undefined) this.#endDevice("in-order");
    else upstream.end();
  }

  /** The server broke off: a sentence where no answer had begun, a visible cut where one had. */
  #failAnswer(failure: ServerFailure): void {
    const exchange = this.#exchange;
    const answered = exchange !== undefined && !exchange.begun;
    if (this.#dead) this.#exchange = undefined;
    if (this.#dead || this.#closing) return;
    if (this.#deviceEnded && failure.connected) return this.#failUnheard(answered && failure.code === "FIN");
    this.#options.watcher.serverFailed(failure, answered ? 502 : undefined);
    if (answered) this.#answer({ status: 502, sentence: describeFailure(exchange.host, failure) });
    else this.#cutDevice(failure.code === "ECONNRESET" ? "reset" : "close");
  }

  /** A server that ends without an answer took the device's FIN for its leaving, and so do we. */
  #failUnheard(tookLeave: boolean): void {
    if (!tookLeave) return this.#cutDevice("reset");
    this.#leave();
    this.#endDevice("in-order");
  }

  #refuse(fault: HttpFault): void {
    this.#options.watcher.refused(fault);
    this.#faulted = true;
    const answeredEarly = this.#midRequest && this.#exchange === undefined;
    if (this.#exchange?.begun === true || answeredEarly) this.#cutDevice("close");
    else this.#answer({ status: fault.status, sentence: fault.message });
  }

  /** Gives the device an answer of ours and ends both legs. */
  #answer(answer: PlainAnswer): void {
    this.#endDevice("in-order", formatAnswer(answer, this.#method));
    this.#server.reset();
  }

  #cutDevice(how: "reset" | "close"): void {
    this.#endDevice(how);
    this.#server.reset();
  }

  /** Ends the device's leg after all that was written to it. */
  #endDevice(how: StreamEnding, last?: Uint8Array): void {
    if (!this.#closing) this.#crossing.push(() => this.#options.watcher.settled());
    this.#closing = true;
    this.#headTimeout.stop();
    const device = this.#device;
    if (this.#stream !== undefined) this.#stream.finish(how, last);
    else {
      if (last !== undefined) device?.write(last);
      device?.whenPassed(this.#tellPassed);
      if (how === "in-order") device?.end();
      else device?.cut(how);
    }
    device?.resume();
  }

  /** The device is gone, or has ended its side and its server does not wait for it: what it asked is given up. */
  #leave(byReset = false): void {
    this.#options.watcher.deviceLeft(byReset);
    this.#server.reset();
  }

  /** A head that has begun must end in time; between requests a device may be silent as long as it likes. */
  #watchHead(): void {
    if (this.#requests.state !== "head") this.#headTimeout.stop();
    else if (!this.#closing) this.#headTimeout.start();
  }

  headTooSlow(): void {
    if (this.#requests.state === "head") return this.#take([{ kind: "fault", fault: SLOW_HEAD }]);
    this.#endDevice(this.#secured ? "in-order" : "close");
  }

  #finishIfGone(): void {
    if (this.#finished || this.#device?.gone !== true || !this.#server.idle) return;
    this.#finished = true;
    this.#hole?.stop();
    this.#headTimeout.stop();
    this.#stream?.destroy();
    this.#device.finish();
    this.#options.watcher.closed(this.bytes);
  }
}
