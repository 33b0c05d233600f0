import type { CommandAnswer, CommandRequest } from "../activesync/command.ts";
import type { Machine, Millis } from "../core/machine.ts";
import { DeviceMailbox, type FetchingRequest } from "./device-mailbox.ts";
import type {
  AskedExchange,
  ConnectionFailure,
  DeviceExchange,
  DeviceSessionEffect,
  DeviceSessionEvent,
} from "./device-events.ts";
import type { WaitingCommand } from "./events.ts";
import { inWords, type DeviceEnding, type Negotiator } from "./negotiators/negotiator.ts";
import { Pacing } from "./pacing.ts";
import { remedyFor, type Remedy } from "./remedies.ts";
import { WaitingPing } from "./waiting-ping.ts";
import { WaitingSync } from "./waiting-sync.ts";
import type { Waiting, WaitEnd } from "./waiting.ts";

/*
 * States:
 *   idle        before `start`
 *   fetching    an ordinary request for something missing is out (`DeviceMailbox` says which)
 *   waiting     a Ping, or a Sync that waits, is out
 *   pausing     nothing is out until the pause is over
 *   stopped     for good
 * idle --start--> fetching --answered--> fetching ... --nothing missing--> waiting --ends--> fetching or waiting;
 * fetching and waiting --failure--> pausing --over--> fetching or waiting; any --stop--> stopped.
 */

/** What a device is made of. */
export interface DeviceSessionSettings {
  readonly negotiator: Negotiator;
  readonly waitingCommand: WaitingCommand;
  readonly protocolVersion: string;
  /** How long after the interval its own timer gives up a waiting request, in ms; 0 or more. */
  readonly graceMs: Millis;
  /** How long it waits for the answer to a waiting request at least, in ms; default 0, which leaves it to the interval. */
  readonly readLimitMs?: Millis;
  /** How long it waits for the answer to an ordinary request, in ms; default 30 s (Android: AOSP, EasSyncService.java). */
  readonly commandTimeoutMs?: Millis;
}

const DEFAULT_COMMAND_TIMEOUT_MS: Millis = 30_000;

/** The pause after HTTP 503 without `Retry-After` (Z-Push, RETRY_AFTER_DELAY), and the bounds for one with it. */
const RETRY_AFTER_MS = { default: 300_000, least: 15_000, most: 86_400_000 } as const;

/** The pause after HTTP 401 and 403: only a person can mend that [inference]. */
const FORBIDDEN_PAUSE_MS: Millis = 900_000;

/** An end sooner than this is paced like a failure, whatever it says (Android up to 2012: AOSP, EasSyncService.java). */
const HASTY_MS: Millis = 2000;

/** One device: fetches what it must have, then waits for ever, negotiating the interval. */
export class DeviceSession implements Machine<DeviceSessionEvent, DeviceSessionEffect> {
  readonly #negotiator: Negotiator;
  readonly #command: WaitingCommand;
  readonly #graceMs: Millis;
  readonly #readLimitMs: Millis;
  readonly #commandTimeoutMs: Millis;
  readonly #mailbox: DeviceMailbox;
  readonly #waiting: Waiting;
  readonly #pacing = new Pacing();
  #state: State = { kind: "idle" };
  #intervalSeconds: number;
  #number = 0;
  #requestId = 0;
  /** Changes were announced: whether the Syncs since then found any. */
  #announced: { found: boolean } | undefined;

  constructor(settings: DeviceSessionSettings) {
    this.#negotiator = settings.negotiator;
    this.#command = settings.waitingCommand;
    this.#graceMs = settings.graceMs;
    this.#readLimitMs = settings.readLimitMs ?? 0;
    this.#commandTimeoutMs = settings.commandTimeoutMs ?? DEFAULT_COMMAND_TIMEOUT_MS;
    this.#mailbox = new DeviceMailbox(settings.protocolVersion);
    this.#waiting =
      settings.waitingCommand === "Ping" ? new WaitingPing(this.#mailbox) : new WaitingSync(this.#mailbox);
    this.#intervalSeconds = this.#negotiator.start().heartbeatIntervalSeconds;
  }

  handle(event: DeviceSessionEvent, now: Millis): readonly DeviceSessionEffect[] {
    switch (event.kind) {
      case "start":
        return this.#state.kind === "idle" ? this.#next(now) : [];
      case "answered":
        return event.id === this.#requestId ? this.#answered(event.answer, event.retryAfterMs, now) : [];
      case "failed":
        return event.id === this.#requestId ? this.#failed(event.how, now) : [];
      case "stop":
        if (this.#state.kind === "stopped") return [];
        this.#state = { kind: "stopped" };
        return [{ kind: "disconnect" }];
    }
  }

  nextDeadline(): Millis | undefined {
    return "until" in this.#state ? this.#state.until : undefined;
  }

  expire(now: Millis): readonly DeviceSessionEffect[] {
    const state = this.#state;
    if (!("until" in state) || now < state.until) return [];
    switch (state.kind) {
      case "pausing":
        return this.#next(now);
      case "fetching": {
        const limit = inWords(this.#commandTimeoutMs / 1000);
        return this.#pause(this.#pacing.failed(), `no answer to ${state.request.command} in ${limit}`, now);
      }
      case "waiting":
        return this.#giveUp(state.asked, now);
    }
  }

  /** What it goes on from, as a text, instants counted from now, sync keys as they are. */
  fingerprint(now: Millis): string {
    const [state, until] = [this.#state.kind, (this.nextDeadline() ?? Infinity) - now];
    const search = [this.#intervalSeconds, this.#negotiator.fingerprint(), this.#announced?.found];
    const parts = [this.#pacing.fingerprint(), this.#mailbox.fingerprint(), this.#waiting.fingerprint()];
    return JSON.stringify([state, until, search, parts]);
  }

  #answered(answer: CommandAnswer, retryAfterMs: Millis | undefined, now: Millis): readonly DeviceSessionEffect[] {
    const state = this.#state;
    if (state.kind === "fetching") return this.#fetched(state.request, answer, retryAfterMs, now);
    if (state.kind !== "waiting") return [];
    const { httpStatus } = answer;
    if (httpStatus === 200) return this.#conclude(state.asked, this.#waiting.read(answer), now);
    return this.#conclude(state.asked, { ending: { kind: "httpError", httpStatus } }, now, retryAfterMs);
  }

  #failed(how: ConnectionFailure, now: Millis): readonly DeviceSessionEffect[] {
    const state = this.#state;
    if (state.kind === "fetching") {
      return this.#pause(this.#pacing.failed(), `${state.request.command}: ${FAILURES[how]}`, now);
    }
    if (state.kind !== "waiting") return [];
    const kind = how === "reset" || how === "closed" ? how : "unreachable";
    return this.#conclude(state.asked, { ending: { kind } }, now);
  }

  #next(now: Millis): readonly DeviceSessionEffect[] {
    const request = this.#mailbox.missing();
    if (request !== undefined) {
      this.#state = { kind: "fetching", request, until: now + this.#commandTimeoutMs };
      return [this.#send(request)];
    }
    const falsePauseMs = this.#judgeAnnouncement();
    if (falsePauseMs > 0) return this.#pause(falsePauseMs, "changes are announced and no Sync finds any", now);
    return this.#wait(now);
  }

  #wait(now: Millis): readonly DeviceSessionEffect[] {
    const heartbeatIntervalSeconds = this.#intervalSeconds;
    this.#number += 1;
    const asked = { number: this.#number, askedAt: now, command: this.#command, heartbeatIntervalSeconds };
    const patienceMs = Math.max(heartbeatIntervalSeconds * 1000 + this.#graceMs, this.#readLimitMs);
    this.#state = { kind: "waiting", asked, until: now + patienceMs };
    return [{ kind: "asked", asked }, this.#send(this.#waiting.request(heartbeatIntervalSeconds))];
  }

  #send(request: CommandRequest): DeviceSessionEffect {
    const withoutKey = request.command === "OPTIONS" || request.command === "Ping";
    this.#requestId += 1;
    return {
      kind: "request",
      id: this.#requestId,
      request,
      policyKey: withoutKey ? undefined : this.#mailbox.policyKey,
    };
  }

  #fetched(
    request: FetchingRequest,
    answer: CommandAnswer,
    retryAfterMs: Millis | undefined,
    now: Millis,
  ): readonly DeviceSessionEffect[] {
    const { command } = request;
    if (answer.httpStatus !== 200) {
      const pauseMs = this.#pauseAfterHttp(answer.httpStatus, retryAfterMs);
      return this.#proceed(pauseMs, `${command} was answered HTTP ${answer.httpStatus}`, now);
    }
    const fetched = this.#mailbox.read(request, answer);
    switch (fetched.kind) {
      case "done":
        if (fetched.foundItems) this.#foundItems();
        return this.#next(now);
      case "rejected": {
        const pauseMs = this.#remedy(command, fetched.status, fetched.limit);
        return this.#proceed(pauseMs, `${command} was answered Status ${fetched.status}`, now);
      }
      case "useless":
        return this.#pause(this.#pacing.failed(), `${command} was answered without what it asked`, now);
    }
  }

  /** What becomes of the connection that is given up explains nothing of the silence before. */
  #giveUp(asked: AskedExchange, now: Millis): readonly DeviceSessionEffect[] {
    const [concluded, ...next] = this.#conclude(asked, { ending: { kind: "silence" } }, now);
    return [concluded, { kind: "disconnect" }, ...next];
  }

  #conclude(asked: AskedExchange, end: WaitEnd, now: Millis, retryAfterMs?: Millis): Conclusion {
    const durationMs = now - asked.askedAt;
    const { ending } = end;
    const move = this.#negotiator.conclude(ending, durationMs);
    this.#intervalSeconds = move.heartbeatIntervalSeconds;
    const hasty = durationMs < Math.min(HASTY_MS, asked.heartbeatIntervalSeconds * 1000);
    if (!hasty && SERVED.has(ending.kind)) this.#pacing.lasted();
    const pauseMs = this.#pauseAfter(end, hasty || move.askAgain === "afterPause", retryAfterMs);
    const conclusion = pauseMs > 0 ? `${move.reason}, ${pausing(pauseMs)}` : move.reason;
    const record: DeviceExchange = { ...asked, durationMs, ending, move, pauseMs, conclusion };
    return [{ kind: "concluded", record }, ...this.#proceed(pauseMs, move.reason, now)];
  }

  /** `paced` says that the end came too soon, or that the device model wants a pause after it. */
  #pauseAfter({ ending, mostFolders }: WaitEnd, paced: boolean, retryAfterMs: Millis | undefined): Millis {
    switch (ending.kind) {
      case "held":
        if (!paced) this.#pacing.succeeded();
        return paced ? this.#pacing.failed() : 0;
      case "changes":
        if (this.#command === "Ping") this.#announced = { found: false };
        else this.#foundItems();
        return 0;
      case "rejected":
        return this.#remedy(this.#command, ending.status, mostFolders);
      case "httpError":
        return paced || MENDABLE.has(ending.httpStatus) ? this.#pauseAfterHttp(ending.httpStatus, retryAfterMs) : 0;
      case "silence":
      case "reset":
      case "closed":
      case "unreadable":
      case "unreachable":
        return paced ? this.#pacing.failed() : 0;
    }
  }

  #pauseAfterHttp(httpStatus: number, retryAfterMs: Millis | undefined): Millis {
    switch (httpStatus) {
      case 449:
        this.#mailbox.forgetPolicy();
        return this.#pacing.remedied("HTTP 449");
      case 401:
      case 403:
        return FORBIDDEN_PAUSE_MS;
      case 503: {
        const asked = retryAfterMs ?? RETRY_AFTER_MS.default;
        return Math.min(Math.max(asked, RETRY_AFTER_MS.least), RETRY_AFTER_MS.most);
      }
      default:
        return this.#pacing.failed();
    }
  }

  #remedy(command: CommandRequest["command"], status: number, limit: number | undefined): Millis {
    const remedy = remedyFor(command, status);
    if (remedy === undefined) return this.#pacing.failed();
    this.#apply(remedy, limit);
    return this.#pacing.remedied(`${command} ${status}`);
  }

  #apply(remedy: Remedy, limit: number | undefined): void {
    switch (remedy) {
      case "provision":
        return this.#mailbox.forgetPolicy();
      case "fetchFolders":
        return this.#mailbox.forgetFolders();
      case "sendInFull":
        return this.#waiting.forget();
      case "watchFewer":
        return this.#mailbox.watchAtMost(limit ?? 1);
      case "askAgain":
        return undefined;
    }
  }

  #foundItems(): void {
    this.#pacing.succeeded();
    if (this.#announced !== undefined) this.#announced.found = true;
  }

  /** Once all is fetched that was announced: how long to pause because there was nothing. */
  #judgeAnnouncement(): Millis {
    const announced = this.#announced;
    this.#announced = undefined;
    return announced?.found === false ? this.#pacing.foundNothing() : 0;
  }

  #proceed(pauseMs: Millis, reason: string, now: Millis): readonly DeviceSessionEffect[] {
    return pauseMs > 0 ? this.#pause(pauseMs, reason, now) : this.#next(now);
  }

  /** The connection is given up, so that what the device learns after the pause concerns a fresh one. */
  #pause(pauseMs: Millis, reason: string, now: Millis): readonly DeviceSessionEffect[] {
    this.#state = { kind: "pausing", until: now + pauseMs };
    return [{ kind: "disconnect" }, { kind: "paused", pauseMs, reason: `${reason}, ${pausing(pauseMs)}` }];
  }
}

/** What a device concludes, and what it does next. */
type Conclusion = readonly [DeviceSessionEffect, ...(readonly DeviceSessionEffect[])];

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "stopped" }
  | { readonly kind: "pausing"; readonly until: Millis }
  | { readonly kind: "fetching"; readonly request: FetchingRequest; readonly until: Millis }
  | { readonly kind: "waiting"; readonly asked: AskedExchange; readonly until: Millis };

const FAILURES: Readonly<Record<ConnectionFailure, string>> = {
  reset: "the connection was reset",
  closed: "the connection was closed without an answer",
  refused: "the connection was refused",
  unreachable: "the server cannot be reached",
  untrusted: "the server's certificate is not trusted",
};

/** HTTP statuses that say what the device must do, whatever its model thinks of errors. */
const MENDABLE: ReadonlySet<number> = new Set([401, 403, 449]);

/** The endings that show a path and a server at work, when they take their time. */
const SERVED: ReadonlySet<DeviceEnding["kind"]> = new Set(["changes", "rejected"]);

function pausing(pauseMs: Millis): string {
  return `after a pause of ${inWords(Math.ceil(pauseMs / 1000))}`;
}
