import type { Millis } from "../core/machine.ts";
import { ClientAccess, DEFAULT_CLIENT_ACCESS } from "../heartbeat/client-access.ts";
import type { DeviceExchange } from "../heartbeat/device-events.ts";
import { type HeartbeatEvent, pathFailed } from "../heartbeat/events.ts";
import { modelSession } from "../heartbeat/model-session.ts";
import { type DeviceCase, FIREWALL } from "./device-case.ts";
import { watchEntries } from "./flow-entries.ts";
import type { Answer } from "./message.ts";
import type { Moment } from "./moment.ts";
import type { Crossing } from "./virtual-device.ts";
import { World } from "./world.ts";

/** The course of one device with a mailbox of its own, step by step: a world of the machines that run live. */
export class DeviceCourse {
  readonly #world: World;
  readonly #clientAccess: ClientAccess;
  #draft = draftAt(0);
  /** Moments that are known ahead: entries that nothing but time ends. */
  #later: Moment[] = [];
  #parked = 0;
  #arrived = 0;
  #heard = 0;

  /** @param mail instants in order, in ms */
  constructor({ hops, model, settings, server }: DeviceCase, mail: readonly Millis[]) {
    this.#clientAccess = new ClientAccess({
      ...DEFAULT_CLIENT_ACCESS,
      minimumSeconds: server.minimumHeartbeatSeconds,
      maximumSeconds: server.maximumHeartbeatSeconds,
    });
    this.#world = new World({
      hops,
      clientAccess: this.#clientAccess,
      mail: mail.map((at) => ({ at, user: DEVICE.user })),
      watch: (ready) => watchEntries(ready, FIREWALL, (change, at) => this.#entries(change, at)),
      observer: {
        asked: (_device, { heartbeatIntervalSeconds }) => this.#draft.asked.push(heartbeatIntervalSeconds),
        concluded: (_device, { move }) => this.#concluded(move),
        heartbeat: (event) => this.#heartbeat(event),
        flow: () => undefined,
        crossed: (_device, crossing) => this.#crossed(crossing),
        mailed: () => void (this.#arrived += 1),
      },
    });
    const { deviceType, protocolVersion } = model;
    this.#world.add({ ...DEVICE, deviceType, protocolVersion, session: modelSession(model, settings) });
  }

  /** The present instant, in ms. */
  get now(): Millis {
    return this.#world.now;
  }

  /** How many requests the server holds. */
  get held(): number {
    return this.#clientAccess.parked;
  }

  /** How many messages have come. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Goes on until an instant, step by step. */
  *until(end: Millis): Generator<readonly Moment[], void> {
    while (this.#world.step(end)) yield this.#moments();
  }

  /** Takes the next step, however late it comes. */
  step(): readonly Moment[] {
    this.#world.step(Infinity);
    return this.#moments();
  }

  /** What the device goes on from, if all of its earlier exchanges are over and it waits with one that is held. */
  fingerprint(): string | undefined {
    return this.#world.fingerprint();
  }

  /** What happened in a step, that with which it came first. */
  #moments(): readonly Moment[] {
    const draft = this.#draft;
    draft.at = this.#world.now;
    draft.parked = this.#clientAccess.parked - this.#parked;
    this.#parked += draft.parked;
    const moments = [draft, ...this.#later].filter((moment) => !isEmpty(moment));
    this.#draft = draftAt(draft.at);
    this.#later = [];
    return moments;
  }

  #entries(change: 1 | -1, at: Millis): void {
    if (at > this.#world.now) this.#later.push({ ...draftAt(at), entries: change });
    else this.#draft.entries += change;
  }

  #concluded({ settled, heartbeatIntervalSeconds }: DeviceExchange["move"]): void {
    this.#draft.search = { settled, heartbeatIntervalSeconds };
  }

  #heartbeat(event: HeartbeatEvent): void {
    if (event.kind === "ended" && pathFailed(event.end.outcome)) this.#draft.failed += 1;
  }

  #crossed(crossing: Crossing): void {
    const draft = this.#draft;
    draft.radio = true;
    if (crossing.kind === "connection") draft.connections += 1;
    if (crossing.kind === "request") draft.requests += 1;
    if (crossing.kind !== "answer" || !tellsOfMail(crossing.answer)) return;
    draft.heard += this.#arrived - this.#heard;
    this.#heard = this.#arrived;
  }
}

const DEVICE = { deviceId: "device", user: "user" };

/** A moment that is being made. */
type Draft = { -readonly [Key in keyof Moment]: Key extends "asked" ? number[] : Moment[Key] };

function draftAt(at: Millis): Draft {
  return {
    at,
    asked: [],
    requests: 0,
    connections: 0,
    failed: 0,
    radio: false,
    search: undefined,
    heard: 0,
    parked: 0,
    entries: 0,
  };
}

/** An exchange is concluded only by what crosses the radio, or by asking anew, which does. */
function isEmpty({ failed, radio, parked, entries }: Moment): boolean {
  return !radio && failed === 0 && parked === 0 && entries === 0;
}

/** Whether an answer tells its device that there is mail: by naming the folder, or by bringing it. */
function tellsOfMail(answer: Answer): boolean {
  if (answer.command === "Ping") return answer.body?.status === 2;
  return answer.command === "Sync" && answer.body?.collections.some(({ added }) => added.length > 0) === true;
}
