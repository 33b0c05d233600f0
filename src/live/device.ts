import { type CommandAnswer, type CommandName, decodeAnswerBody } from "../activesync/command.ts";
import { Driver } from "../core/driver.ts";
import type { Millis } from "../core/machine.ts";
import type { Timer } from "../core/scheduler.ts";
import { ProtocolError } from "../errors.ts";
import type { DeviceSessionEffect, DeviceSessionEvent } from "../heartbeat/device-events.ts";
import type { DeviceIdentity } from "../heartbeat/events.ts";
import { findField } from "../http/fields.ts";
import { DeviceConnection, type HttpAnswer, type TlsSessionKeeper } from "./device-connection.ts";
import { type DeviceOptions, type EndedCommand, makeSession, requestSettings } from "./device-options.ts";
import { formatRequest, type RequestSettings } from "./device-request.ts";

/**
 * Starts a device: it fetches what it needs, then waits with heartbeats until it is stopped.
 * @throws UsageError E_USAGE for an identity that can't be sent, settings that the model can't use, and a base64 query
 * before 12.1
 */
export function startDevice(options: DeviceOptions): Device {
  return new Device(options);
}

/** A running device. */
export class Device implements AsyncDisposable {
  readonly identity: DeviceIdentity;
  readonly #options: DeviceOptions;
  readonly #request: RequestSettings;
  readonly #driver: Driver<DeviceSessionEvent, DeviceSessionEffect>;
  readonly #sessions: TlsSessionKeeper | undefined;
  readonly #start: Timer;
  #connection: DeviceConnection | undefined;
  #closing: Promise<void> = Promise.resolve();
  #out: { readonly id: number; readonly command: CommandName } | undefined;

  constructor(options: DeviceOptions) {
    const { identity, scheduler, resumption = true, startAfterMs = 0 } = options;
    this.identity = identity;
    this.#options = options;
    this.#request = requestSettings(options);
    this.#driver = new Driver(makeSession(options), scheduler, (effect) => this.#perform(effect));
    this.#sessions = resumption ? { session: undefined } : undefined;
    this.#start = scheduler.schedule(scheduler.now() + startAfterMs, () => this.#driver.dispatch({ kind: "start" }));
  }

  /** Whether it has a connection, or is making one. */
  get connected(): boolean {
    return this.#connection?.gone === false;
  }

  /** Ends the device for good; resolves when its last connection is closed. */
  async stop(): Promise<void> {
    this.#start.cancel();
    this.#driver.stop();
    this.#disconnect();
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #perform(effect: DeviceSessionEffect): void {
    const { identity } = this;
    switch (effect.kind) {
      case "request":
        return this.#send(effect);
      case "disconnect":
        return this.#disconnect();
      case "asked":
        return this.#options.onAsked?.(effect.asked, identity);
      case "concluded":
        return this.#options.onConcluded?.(effect.record, identity);
      case "paused": {
        const { pauseMs, reason } = effect;
        return this.#options.onPaused?.({ at: this.#now(), pauseMs, reason }, identity);
      }
    }
  }

  #send({ id, request, policyKey }: Extract<DeviceSessionEffect, { kind: "request" }>): void {
    const { command } = request;
    const connects = !this.connected;
    if (connects) this.#connect();
    this.#out = { id, command };
    this.#options.onRequest?.({ id, at: this.#now(), command, connects }, this.identity);
    const { method, bytes } = formatRequest(this.#request, request, policyKey);
    this.#connection?.send(method, bytes);
  }

  #connect(): void {
    const connection = new DeviceConnection(this.#options.server, this.#sessions, {
      answered: (answer) => this.#answered(answer),
      garbled: () => {
        const out = this.#end("garbled");
        if (out !== undefined) this.#driver.dispatch({ kind: "answered", id: out.id, answer: UNREADABLE });
      },
      failed: (how) => {
        const out = this.#end(how);
        if (out !== undefined) this.#driver.dispatch({ kind: "failed", id: out.id, how });
      },
    });
    this.#connection = connection;
    this.#closing = Promise.all([this.#closing, connection.closed]).then(() => undefined);
  }

  #disconnect(): void {
    this.#out = undefined;
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  #answered(http: HttpAnswer): void {
    const out = this.#end(http.head.status);
    if (out === undefined) return;
    const retryAfterMs = readRetryAfter(http);
    const answer = readAnswer(out.command, http);
    const common = { kind: "answered", id: out.id, answer } as const;
    this.#driver.dispatch(retryAfterMs === undefined ? common : { ...common, retryAfterMs });
  }

  #end(end: EndedCommand["end"]): { readonly id: number; readonly command: CommandName } | undefined {
    const out = this.#out;
    this.#out = undefined;
    if (out !== undefined) this.#options.onEnded?.({ ...out, at: this.#now(), end }, this.identity);
    return out;
  }

  #now(): Millis {
    return this.#options.scheduler.now();
  }
}

/** An answer to no question that waits or fetches: every reading of it finds that it makes no sense. */
const UNREADABLE: CommandAnswer = { command: "OPTIONS", httpStatus: 200 };

function readAnswer(command: CommandName, { head, body }: HttpAnswer): CommandAnswer {
  try {
    return decodeAnswerBody(command, head.status, body);
  } catch (error) {
    if (error instanceof ProtocolError) return UNREADABLE;
    throw error;
  }
}

/** `Retry-After` in ms: seconds, or a date, which is read against the answer's own (RFC 9110, 10.2.3). */
function readRetryAfter({ head }: HttpAnswer): Millis | undefined {
  const value = findField(head.fields, "retry-after");
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/u.test(value)) return Number(value) * 1000;
  const ms = Date.parse(value) - Date.parse(findField(head.fields, "date") ?? "");
  return ms >= 0 ? ms : undefined;
}
