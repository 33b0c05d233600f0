import type { Millis } from "../core/machine.ts";
import type { Timer } from "../core/scheduler.ts";
import type { HttpEvent, RequestHead } from "../http/message.ts";
import { RequestObserver } from "../http/request-observer.ts";
import type { Endings } from "../path/condition.ts";
import type { EndCause } from "../path/path-effect.ts";
import { formatAnswer, formatJsonAnswer } from "./answers.ts";
import type { DeviceLeg } from "./device-leg.ts";
import { type FlowBytes, flowBytes, type FlowHandler, type FlowWatcher } from "./flow-handler.ts";
import { HeadTimeout, SLOW_HEAD } from "./head-timeout.ts";
import { LONGEST_PROBE_MS, type ProbeDesk, type ProbeRecord } from "./probe-desk.ts";
import { ProbeStream } from "./probe-stream.ts";
import { type ProbeRequest, readProbeRequest } from "./probe-request.ts";

/** What a prober's connection is made of. */
export interface ProbeFlowOptions {
  readonly desk: ProbeDesk;
  readonly watcher: FlowWatcher;
  /** How long its request's head may take, in real ms. */
  readonly headersTimeoutMs: Millis;
}

/**
 * A prober's connection, as the server at the end of the path. It is one request long.
 *
 * States: asking -> waiting (a probe, silent or streaming) -> answered -> gone; asking -> answered -> gone;
 * at any time the path may end (dead): what is written then goes where a late answer goes.
 */
export class ProbeFlow implements FlowHandler {
  readonly #desk: ProbeDesk;
  readonly #watcher: FlowWatcher;
  readonly #requests = new RequestObserver();
  readonly #hasRoom: boolean;
  readonly #headTimeout: HeadTimeout;
  #device: DeviceLeg | undefined;
  #request: ProbeRequest | undefined;
  #record: ProbeRecord | undefined;
  #stream: ProbeStream | undefined;
  readonly #limit: Timer;
  /** Whether it is counted as a stream. */
  #streams = false;
  #answered = false;
  #dead = false;
  #finished = false;

  constructor({ desk, watcher, headersTimeoutMs }: ProbeFlowOptions) {
    this.#desk = desk;
    this.#watcher = watcher;
    this.#hasRoom = desk.enter();
    this.#headTimeout = new HeadTimeout(headersTimeoutMs, this);
    this.#headTimeout.start();
    this.#limit = desk.scheduler.schedule(desk.scheduler.now() + LONGEST_PROBE_MS, () => this.abort());
  }

  /** Nobody has to wait for a probe when a server is drained. */
  readonly busy = false;

  get bytes(): FlowBytes {
    return flowBytes(this.#device?.wireBytes, undefined);
  }

  attach(device: DeviceLeg): void {
    this.#device = device;
  }

  abort(): void {
    this.#device?.release();
  }

  secured(): void {
    this.#watcher.secured("device");
  }

  tlsFailed(reason: string): void {
    this.#watcher.tlsFailed(reason);
  }

  data(bytes: Uint8Array): void {
    this.#record?.heard(bytes);
    if (!this.#hasRoom && !this.#answered) return this.#answer(503, { error: "Too many probers are connected." });
    if (!this.#answered) this.#read(this.#requests.push(bytes), bytes);
  }

  /** Nobody hears an answer on a path that has ended. */
  headTooSlow(): void {
    if (this.#dead) this.abort();
    else this.#answer(SLOW_HEAD.status, { error: SLOW_HEAD.message });
  }

  #read(events: readonly HttpEvent<RequestHead>[], bytes: Uint8Array): void {
    for (const event of events) {
      if (event.kind === "fault") return this.#answer(event.fault.status, { error: event.fault.message });
      if (event.kind === "head" && this.#request === undefined) this.#begin(event.head, bytes);
    }
  }

  #begin(head: RequestHead, bytes: Uint8Array): void {
    const request = readProbeRequest(head);
    this.#request = request;
    this.#headTimeout.stop();
    switch (request.kind) {
      case "hello":
        return this.#answer(200, this.#hello());
      case "wait":
        return this.#open(request.id, bytes);
      case "stream":
        return this.#openStream(request, bytes);
      case "answer":
      case "report":
        return this.#tell(request);
      case "unknown":
        return this.#answer(404, { error: "No such probe: docs/probe.md says what can be asked." });
    }
  }

  #hello(): object {
    const { waitingCount: waiting, timeScale, limits } = this.#desk;
    return { idlewallProbe: 1, timeScale, waiting, mostWaiting: limits.waiting, longestWaitMs: LONGEST_PROBE_MS };
  }

  #open(id: string, bytes: Uint8Array): void {
    this.#record = this.#desk.open(id, { answer: () => this.#speak() });
    if (this.#record === undefined) this.#answer(503, { error: "Too many probes wait, or one of that name does." });
    else this.#record.heard(bytes);
  }

  #openStream({ id, everyMs }: Extract<ProbeRequest, { kind: "stream" }>, bytes: Uint8Array): void {
    const { scheduler, timeScale, limits } = this.#desk;
    if (everyMs < limits.streamEveryMs)
      return this.#answer(404, { error: `Found everyMs ${everyMs}, expected ${limits.streamEveryMs} or more.` });
    if (!this.#desk.enterStream()) return this.#answer(503, { error: "Too many streams are open." });
    this.#streams = true;
    this.#open(id, bytes);
    if (this.#record === undefined) return;
    const write = (chunk: Uint8Array): boolean => this.#device?.write(chunk) ?? true;
    this.#stream = new ProbeStream({ scheduler, everyMs: everyMs * timeScale, write });
  }

  #tell({ kind, id }: Extract<ProbeRequest, { kind: "answer" | "report" }>): void {
    const record = this.#desk.find(id);
    if (record === undefined) return this.#answer(404, { error: "No probe of that name is known." });
    if (kind === "answer") record.probe?.answer();
    this.#answer(200, record.report());
  }

  /** The prober closes: on a connection that we had ended an RST of the path would look like a FIN. */
  #speak(): void {
    if (this.#answered || this.#finished) return;
    this.#record?.answered();
    if (this.#stream === undefined) return this.#write(200, this.#record?.report() ?? {});
    this.#answered = true;
    this.#stream.end();
  }

  #answer(status: number, value: object): void {
    this.#write(status, value);
    this.#device?.end();
    this.#device?.resume();
  }

  #write(status: number, value: object): void {
    this.#answered = true;
    this.#headTimeout.stop();
    this.#device?.write(formatJsonAnswer(status, value));
  }

  drained(): void {
    this.#stream?.drained();
  }

  answersHeld(hop: string | undefined): void {
    this.#watcher.answersHeld(hop);
  }

  answersMissed(): void {
    this.#watcher.answersMissed();
  }

  swallowed(): void {
    this.#watcher.settled();
  }

  finToServer(): void {
    this.#ended("fin");
  }

  rstToServer(): void {
    this.#ended("rst");
  }

  /** What the prober is shown of a path that ended is the path's to do. */
  #ended(how: "fin" | "rst"): void {
    this.#record?.ended(how);
    this.#stream?.stop();
    if (!this.#dead) this.#device?.end();
  }

  pathEnded(hop: string, condition: EndCause, endings: Endings): void {
    this.#dead = true;
    this.#watcher.pathEnded(hop, condition, endings);
  }

  respond(status: number): void {
    const begun = this.#stream !== undefined;
    this.#stream?.stop();
    this.#answered = true;
    if (begun) return this.#device?.cut("close");
    this.#device?.write(formatAnswer({ status, sentence: "A proxy on the path waited too long." }, "GET"));
    this.#device?.end();
  }

  deviceGone(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#stream?.stop();
    this.#limit.cancel();
    this.#headTimeout.stop();
    if (this.#record !== undefined) this.#desk.close(this.#record);
    if (this.#streams) this.#desk.leaveStream();
    if (this.#hasRoom) this.#desk.leave();
    this.#device?.finish();
    this.#watcher.closed(this.bytes);
  }
}
