import { type Awaited, checkAwaited, isAwaited, patience, Seen } from "../control/api/awaited.ts";
import type { ApiEvent, ChangeEvent, EventKind } from "../control/api/event-schemas.ts";
import type { Shape } from "../control/api/shape.ts";
import { SHAPES } from "../control/api/shapes.ts";
import type * as types from "../control/api/types.ts";
import type { Reach } from "../control/api/types.ts";
import { type EventOf, type Patience, timeoutFrom } from "../control/api/wait-settings.ts";
import type { PlainEnding } from "../path/condition.ts";
import { Asking, type ConnectionSettings } from "./asking.ts";
import { follow, type FollowSettings } from "./following.ts";

/** How long to wait for an event, and from where on. */
export interface ClientWaitSettings extends Patience, Pick<FollowSettings, "after"> {}

/** How flows are ended; default with RST on both legs. */
export interface EndSettings {
  readonly ending?: PlainEnding;
}

/**
 * Makes a client of a running server's API; nothing is asked yet.
 * @throws UsageError E_ADDRESS_INVALID the URL is none
 */
export function connect(settings: ConnectionSettings): Client {
  return new Client(settings);
}

/**
 * A client of a running server's API, a method an operation.
 * Every one rejects with EmulatorError E_API_UNREACHABLE or E_API_UNREADABLE, or with ApiError E_API_REFUSED and what the
 * server says.
 */
export class Client {
  readonly #asking: Asking;

  constructor(settings: ConnectionSettings) {
    this.#asking = new Asking(settings);
  }

  about(): Promise<types.AboutResource> {
    return this.#asking.json(SHAPES.about, { path: "/about" });
  }

  /** The OpenAPI document. */
  describe(): Promise<object> {
    return this.#asking.json(SHAPES.description, { path: "/openapi.json" });
  }

  /** The shipped profiles, by name. */
  async listProfiles(): Promise<readonly types.WrittenProfileResource[]> {
    const { profiles } = await this.#asking.json(SHAPES.profiles, { path: "/profiles" });
    return profiles;
  }

  getProfile(name: string): Promise<types.WrittenProfileResource> {
    return this.#asking.json(SHAPES.profile, { path: `/profiles/${encoded(name)}` });
  }

  async listListeners(): Promise<readonly types.ListenerResource[]> {
    const { listeners } = await this.#asking.json(SHAPES.listeners, { path: "/listeners" });
    return listeners;
  }

  getListener(name: string): Promise<types.ListenerResource> {
    return this.#asking.json(SHAPES.listener, { path: `/listeners/${encoded(name)}` });
  }

  addListener(listener: types.NewListener): Promise<types.ListenerResource> {
    return this.#asking.json(SHAPES.listener, { method: "POST", path: "/listeners", body: listener });
  }

  changeListener(name: string, change: types.ListenerChange): Promise<types.ListenerResource> {
    return this.#asking.json(SHAPES.listener, { method: "PATCH", path: `/listeners/${encoded(name)}`, body: change });
  }

  removeListener(name: string): Promise<void> {
    return this.#asking.done({ method: "DELETE", path: `/listeners/${encoded(name)}` });
  }

  /** The profile in force on a listener. */
  getListenerProfile(listener: string): Promise<types.WrittenProfileResource> {
    return this.#asking.json(SHAPES.profile, { path: `/listeners/${encoded(listener)}/profile` });
  }

  /** Puts a profile in force: a shipped one by its name, or one as its file spells it. */
  setListenerProfile(
    listener: string,
    profile: string | types.WrittenProfileResource,
    { flows }: Reach = {},
  ): Promise<types.ListenerResource> {
    return this.#asking.json(SHAPES.listener, {
      method: "PUT",
      path: `/listeners/${encoded(listener)}/profile`,
      body: { profile, flows },
    });
  }

  async listConditions(listener: string): Promise<readonly types.ConditionResource[]> {
    const path = `/listeners/${encoded(listener)}/conditions`;
    const { conditions } = await this.#asking.json(SHAPES.conditions, { path });
    return conditions;
  }

  getCondition(listener: string, id: string): Promise<types.ConditionResource> {
    return this.#asking.json(SHAPES.condition, { path: conditionPath(listener, id) });
  }

  addCondition(listener: string, condition: types.NewCondition): Promise<types.ConditionResource> {
    const path = `/listeners/${encoded(listener)}/conditions`;
    return this.#asking.json(SHAPES.condition, { method: "POST", path, body: condition });
  }

  replaceCondition(
    listener: string,
    id: string,
    condition: types.WrittenConditionResource,
    { flows }: Reach = {},
  ): Promise<types.ConditionResource> {
    return this.#asking.json(SHAPES.condition, {
      method: "PUT",
      path: conditionPath(listener, id),
      body: { condition, flows },
    });
  }

  /** Changes some settings of a condition, as a profile spells them; `null` takes one away. */
  changeCondition(
    listener: string,
    id: string,
    settings: types.ConditionChange,
    { flows }: Reach = {},
  ): Promise<types.ConditionResource> {
    const body = { condition: settings, flows };
    return this.#asking.json(SHAPES.condition, { method: "PATCH", path: conditionPath(listener, id), body });
  }

  removeCondition(listener: string, id: string, { flows }: Reach = {}): Promise<void> {
    return this.#asking.done({ method: "DELETE", path: conditionPath(listener, id), query: { flows } });
  }

  /** Every flow, of one listener or one device when that is asked for, page by page. */
  async listFlows(
    filter: { readonly listener?: string | undefined; readonly device?: string | undefined } = {},
  ): Promise<readonly types.FlowResource[]> {
    return (await this.#pages(SHAPES.flows, "/flows", filter)).flatMap(({ flows }) => flows);
  }

  getFlow(id: number): Promise<types.FlowResource> {
    return this.#asking.json(SHAPES.flow, { path: `/flows/${id}` });
  }

  endFlow(id: number, { ending }: EndSettings = {}): Promise<void> {
    return this.#asking.done({ method: "DELETE", path: `/flows/${id}`, query: { ending } });
  }

  async listDevices(): Promise<readonly types.DeviceResource[]> {
    return (await this.#pages(SHAPES.devices, "/devices")).flatMap(({ devices }) => devices);
  }

  getDevice(id: string): Promise<types.DeviceResource> {
    return this.#asking.json(SHAPES.device, { path: `/devices/${encoded(id)}` });
  }

  /** Ends every flow of a device, and tells how many. */
  async endDevice(id: string, { ending }: EndSettings = {}): Promise<number> {
    const path = `/devices/${encoded(id)}/flows`;
    const { ended } = await this.#asking.json(SHAPES.ended, { method: "DELETE", path, query: { ending } });
    return ended;
  }

  /** What is known of the real path in front of each network, by network. */
  async listBounds(): Promise<readonly types.BoundsResource[]> {
    return (await this.#pages(SHAPES.bounds, "/bounds")).flatMap(({ networks }) => networks);
  }

  /** Exchange's alert of short intervals, for each command. */
  async listAlerts(): Promise<readonly types.AlertResource[]> {
    const { alerts } = await this.#asking.json(SHAPES.alerts, { path: "/alerts" });
    return alerts;
  }

  /** Which time-out to set, from what was seen: over all, and for each network and listener, by network. */
  async getRecommendation(): Promise<types.RecommendationsResource> {
    const [first, ...more] = await this.#pages(SHAPES.recommendations, "/recommendation");
    return { overall: first.overall, networks: [first, ...more].flatMap(({ networks }) => networks) };
  }

  getScenario(): Promise<types.ScenarioResource> {
    return this.#asking.json(SHAPES.scenario, { path: "/scenario" });
  }

  setSeed(seed: number): Promise<types.ScenarioResource> {
    return this.#asking.json(SHAPES.scenario, { method: "PUT", path: "/scenario/seed", body: { seed } });
  }

  startTimeline(): Promise<types.ScenarioResource> {
    return this.#asking.json(SHAPES.scenario, { method: "POST", path: "/scenario/timeline/start" });
  }

  stopTimeline(): Promise<types.ScenarioResource> {
    return this.#asking.json(SHAPES.scenario, { method: "POST", path: "/scenario/timeline/stop" });
  }

  /** Goes back to what configuration and command line said. */
  reset(): Promise<types.ScenarioResource> {
    return this.#asking.json(SHAPES.scenario, { method: "POST", path: "/scenario/reset" });
  }

  /** Has the configuration read again, all or nothing; gives the settings that need a restart. */
  async reload(): Promise<readonly string[]> {
    const { needRestart } = await this.#asking.json(SHAPES.reloaded, { method: "POST", path: "/reload" });
    return needRestart;
  }

  /** What was changed while it ran, oldest first. */
  async getHistory(): Promise<readonly ChangeEvent[]> {
    const { changes } = await this.#asking.json(SHAPES.history, { path: "/history" });
    return changes;
  }

  /** Follows events until the loop over them is left; a connection that breaks goes on where it broke. */
  followEvents(settings: FollowSettings = {}): AsyncGenerator<ApiEvent, void> {
    return follow(this.#asking, settings);
  }

  /**
   * Waits for an event: one of a kind, or what a function says yes to.
   * @throws EmulatorError E_TIMEOUT with what was seen instead
   * @throws UsageError E_USAGE the time is none, or the kind
   */
  waitFor<Kind extends EventKind>(kind: Kind, settings?: ClientWaitSettings): Promise<EventOf<Kind>>;
  waitFor<Event extends ApiEvent>(
    is: (event: ApiEvent) => event is Event,
    settings?: ClientWaitSettings,
  ): Promise<Event>;
  waitFor(is: (event: ApiEvent) => boolean, settings?: ClientWaitSettings): Promise<ApiEvent>;
  async waitFor(awaited: Awaited, { after, ...settings }: ClientWaitSettings = {}): Promise<ApiEvent> {
    checkAwaited(awaited);
    const timeoutMs = timeoutFrom(settings);
    const seen = new Seen();
    const signal = AbortSignal.timeout(patience(timeoutMs));
    for await (const event of this.followEvents({ signal, ...(after !== undefined && { after }) })) {
      if (isAwaited(event, awaited)) return event;
      seen.add(event);
    }
    throw seen.refusal(awaited, `within ${timeoutMs} ms`);
  }

  async #pages<Page extends { readonly next?: string | undefined }>(
    shape: Shape<Page>,
    path: string,
    filter: Readonly<Record<string, string | undefined>> = {},
  ): Promise<readonly [Page, ...Page[]]> {
    const ask = (cursor?: string) => this.#asking.json(shape, { path, query: { ...filter, limit: 1000, cursor } });
    const first = await ask();
    const found: [Page, ...Page[]] = [first];
    for (let { next } = first; next !== undefined; { next } = found.at(-1) ?? first) found.push(await ask(next));
    return found;
  }
}

function conditionPath(listener: string, id: string): string {
  return `/listeners/${encoded(listener)}/conditions/${encoded(id)}`;
}

function encoded(part: string): string {
  return encodeURIComponent(part);
}
