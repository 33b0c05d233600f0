import { expect } from "vitest";
import { Random } from "../../src/core/random.ts";
import type { ApiEvent } from "../../src/control/api/event-schemas.ts";
import { type ModelListener, type ModelProfile, places } from "./api-model.ts";
import { type ApiStage, setApiStage } from "./api-stage.ts";
import { drawCall, type StormCall, type StormModel, type Territory } from "./api-storm.ts";
import { Changes } from "./changes.ts";
import { planTcp } from "./emulator-stage.ts";
import { profileOf } from "./rig.ts";
import { echoTarget, startEcho, SteadyFlows, type SteadyResult } from "./steady-flows.ts";

/** How hard a storm blows. */
export interface StormSettings {
  readonly calls: number;
  readonly flows: number;
  readonly workers: number;
  readonly seed: number;
}

/** What a storm came to. */
export interface StormResult {
  readonly calls: number;
  readonly statuses: ReadonlyMap<number, number>;
  readonly flows: SteadyResult;
  readonly events: number;
}

const SEED = 7;

/** How often the storm holds its breath: all is compared with the model then, and every other time all is reset. */
const ROUNDS = 4;

/**
 * Asks an API at random, several at once, while flows run over two of its listeners: one that nobody touches, and one
 * whose conditions come and go under them without concerning them. Every answer, and now and then everything there is,
 * is held to a model.
 */
export async function runStorm({ calls, flows: count, workers, seed }: StormSettings): Promise<StormResult> {
  const echo = await startEcho();
  const target = echoTarget(echo);
  const plan = () => ({
    seed: SEED,
    applyTo: "new" as const,
    listeners: ["steady", "woven"].map((name) => planTcp(name, target)),
  });
  const result = await (async () => {
    await using api = await setApiStage({ plan });
    api.stage.scheduler.start();
    const shipped = await shippedProfiles(api);
    const flows = await SteadyFlows.start(
      ["steady", "woven"].map((name) => api.stage.portOf(name)),
      count,
      seed,
    );
    const following = follow(api);
    const model = freshModel(target);
    const statuses = new Map<number, number>();
    for (let round = 1; round <= ROUNDS; round += 1) {
      await Promise.all(
        territories(workers).map(async (territory, worker) => {
          const random = new Random(seed).fork(`${round}/${worker}`);
          for (let call = 0; call < calls / ROUNDS / workers; call += 1) {
            const drawn = drawCall(territory, { random, model, target, shipped });
            const status = await ask(api, drawn);
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
          }
        }),
      );
      await compare(api, model);
      if (round % 2 === 1) await reset(api, model, target);
    }
    expect(api.stage.emulator.flows()).toHaveLength(count);
    expect(api.faults).toEqual([]);
    const finished = await flows.finish();
    const events = await following.stop();
    return { calls: [...statuses.values()].reduce((sum, each) => sum + each, 0), statuses, flows: finished, events };
  })();
  echo.close();
  return result;
}

function territories(workers: number): readonly Territory[] {
  return Array.from({ length: workers }, (_, worker) => ({
    own: [`own-${worker}-a`, `own-${worker}-b`],
    woven: worker === 1 ? "woven" : undefined,
    scenario: worker === 0,
  }));
}

function freshModel(target: string): StormModel {
  const { name, title, source, hops } = profileOf();
  const profile = { name, title, source, hops: hops.map((hop) => ({ ...hop, conditions: [] })) };
  const listeners = ["steady", "woven"].map((each) => [each, { name: each, enabled: true, target, profile }] as const);
  return { listeners: new Map<string, ModelListener>(listeners), seed: SEED, timeline: true };
}

async function shippedProfiles(api: ApiStage): Promise<ReadonlyMap<string, ModelProfile>> {
  const names = ["direct", "carrier-13min", "firewall-30min"];
  const profiles = await Promise.all(names.map((name) => api.client.getProfile(name)));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a written profile is one in plain values
  return new Map(profiles.map((profile) => [profile.name, profile as unknown as ModelProfile]));
}

/** Asks, and holds the answer's status to the model, which then follows. */
async function ask(api: ApiStage, call: StormCall): Promise<number> {
  const { method, path, body, headers = {}, statuses } = call;
  const answer = await fetch(`${api.admin.url}/api/v1${path}`, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  if (!statuses.includes(answer.status))
    throw new Error(
      `${method} ${path} ${body ?? ""}: expected ${statuses.join(" or ")}, found ${answer.status} ${text}`,
    );
  call.apply?.(answer.status);
  return answer.status;
}

/** Holds everything there is to the model; listeners of several workers come in any order. */
async function compare(api: ApiStage, model: StormModel): Promise<void> {
  const listeners = await api.client.listListeners();
  const found = listeners.map(({ name, enabled, target, profile }) => ({ name, enabled, target, profile }));
  expect(byName(found)).toEqual(byName([...model.listeners.values()]));
  for (const { name, profile } of model.listeners.values())
    expect(await api.client.listConditions(name)).toEqual(places(profile));
  const { seed, timelineStartedAt } = await api.client.getScenario();
  expect({ seed, timeline: timelineStartedAt !== undefined }).toEqual({ seed: model.seed, timeline: model.timeline });
}

async function reset(api: ApiStage, model: StormModel, target: string): Promise<void> {
  await api.client.reset();
  const { listeners, seed, timeline } = freshModel(target);
  model.listeners.clear();
  for (const [name, listener] of listeners) model.listeners.set(name, listener);
  model.seed = seed;
  model.timeline = timeline;
  await compare(api, model);
}

function byName<Named extends { readonly name: string }>(entries: readonly Named[]): readonly Named[] {
  return entries.toSorted((left, right) => left.name.localeCompare(right.name));
}

/** Follows every event, and holds them to come one after the other without a gap. */
function follow(api: ApiStage): { stop(): Promise<number> } {
  const leave = new AbortController();
  const seen = new Changes();
  let last = 0;
  const reading = (async () => {
    const faults: ApiEvent[] = [];
    for await (const event of api.client.followEvents({ after: 0, signal: leave.signal })) {
      if (event.kind === "gap" || event.id !== last + 1) faults.push(event);
      last = event.id;
      seen.tell();
    }
    return faults;
  })();
  return {
    stop: async () => {
      const { newestEvent } = await api.client.about();
      await seen.until(() => last >= newestEvent);
      leave.abort();
      expect(await reading).toEqual([]);
      return last;
    },
  };
}
