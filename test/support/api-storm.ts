import type { Random } from "../../src/core/random.ts";
import {
  modelAdd,
  type ModelCondition,
  type ModelEdit,
  type ModelListener,
  type ModelPlace,
  type ModelProfile,
  modelRemove,
  modelReplace,
  places,
} from "./api-model.ts";

/** One call, what it must be answered with, and what it makes of the model. */
export interface StormCall {
  readonly method: string;
  readonly path: string;
  /** Text of the body. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Every status that would be right. */
  readonly statuses: readonly number[];
  /** Takes the call's effect over into the model, for the status that it really had. */
  apply?(status: number): void;
}

/** What one worker may change: some listeners that only it touches, and perhaps seed and timeline. */
export interface Territory {
  /** Listeners that it adds and removes. */
  readonly own: readonly string[];
  /** A listener with live flows, whose conditions it changes in ways that concern none of them. */
  readonly woven: string | undefined;
  readonly scenario: boolean;
}

/** All that the model knows. */
export interface StormModel {
  readonly listeners: Map<string, ModelListener>;
  seed: number;
  timeline: boolean;
}

/** What a worker draws from. */
export interface Drawing {
  readonly random: Random;
  readonly model: StormModel;
  readonly target: string;
  readonly shipped: ReadonlyMap<string, ModelProfile>;
}

/** Draws calls for one worker: valid ones, ones that come too late or too early, and nonsense. */
export function drawCall(territory: Territory, drawing: Drawing): StormCall {
  const { random } = drawing;
  const draw = random.integer(0, 99);
  if (draw < 20) return nonsense(territory, drawing);
  if (draw < 35) return look(territory, drawing);
  if (draw < 45 && territory.scenario) return scenario(drawing);
  if (draw < 75 && territory.woven !== undefined) return condition(territory.woven, drawing, true);
  const name = pick(random, territory.own);
  if (draw < 60) return condition(name, drawing, false);
  if (draw < 72) return profile(name, drawing);
  return listener(name, drawing);
}

const HOPS = ["first", "second", "third", "fourth"];

function listener(name: string, { random, model, target, shipped }: Drawing): StormCall {
  const known = model.listeners.get(name);
  const path = `/listeners/${name}`;
  switch (random.integer(0, 4)) {
    case 0:
      return {
        method: "DELETE",
        path,
        statuses: [known === undefined ? 404 : 204],
        apply: () => void model.listeners.delete(name),
      };
    case 1: {
      const enabled = random.next() < 0.5;
      // Its port may have gone to somebody else while it was disabled.
      const statuses = known === undefined ? [404] : enabled && !known.enabled ? [200, 409] : [200];
      const apply = (status: number): void => {
        if (status === 200 && known !== undefined) model.listeners.set(name, { ...known, enabled });
      };
      return { method: "PATCH", path, body: JSON.stringify({ enabled }), statuses, apply };
    }
    default: {
      const wanted = { name, listen: "127.0.0.1:0", target };
      const fresh = { name, enabled: true, target, profile: direct(shipped) };
      return {
        method: "POST",
        path: "/listeners",
        body: JSON.stringify(wanted),
        statuses: [known === undefined ? 201 : 409],
        apply: (status) => void (status === 201 && model.listeners.set(name, fresh)),
      };
    }
  }
}

function profile(name: string, { random, model, shipped }: Drawing): StormCall {
  const known = model.listeners.get(name);
  const path = `/listeners/${name}/profile`;
  const flows = pick(random, ["new", "all"]);
  const choice = pick(random, [...shipped.keys(), "no-such-profile"]);
  const found = shipped.get(choice);
  const written = found === undefined || random.next() < 0.5 ? choice : found;
  const statuses = known === undefined ? [404] : found === undefined ? [422] : [200];
  return {
    method: "PUT",
    path,
    body: JSON.stringify({ profile: written, flows }),
    statuses,
    apply: (status) => {
      if (status === 200 && known !== undefined && found !== undefined)
        model.listeners.set(name, { ...known, profile: found });
    },
  };
}

function condition(name: string, { random, model, shipped }: Drawing, harmless: boolean): StormCall {
  const known = model.listeners.get(name);
  const path = `/listeners/${name}/conditions`;
  const before = known?.profile ?? direct(shipped);
  const ids = places(before).map(({ id }) => id);
  const wanted = random.next() < 0.9 && ids.length > 0 ? pick(random, ids) : "first/idle-timeout";
  const one = `${path}/${encodeURIComponent(wanted)}`;
  const drawn = drawCondition(random, harmless);
  const flows = pick(random, ["new", "all"]);
  const take = (edit: ModelEdit) => ({
    statuses: [known === undefined ? 404 : edit.status],
    apply: (status: number) => {
      if (known === undefined || edit.profile === undefined || status >= 300) return;
      model.listeners.set(name, { ...known, profile: edit.profile });
    },
  });
  switch (random.integer(0, 3)) {
    case 0:
      return { method: "DELETE", path: `${one}?flows=${flows}`, ...take(modelRemove(before, wanted)) };
    case 1:
      return {
        method: "PUT",
        path: one,
        body: JSON.stringify({ condition: drawn, flows }),
        ...take(modelReplace(before, wanted, drawn)),
      };
    case 2: {
      const place = places(before).find(({ id }) => id === wanted);
      const change = { idleTimeout: `${random.integer(1, 23)}h` };
      const edit = place === undefined ? { status: 404 } : lengthened(before, place, change);
      return { method: "PATCH", path: one, body: JSON.stringify({ condition: change, flows }), ...take(edit) };
    }
    default: {
      const hop = pick(random, HOPS);
      const position = random.next() < 0.3 ? random.integer(0, 3) : undefined;
      const edit = modelAdd(before, hop, drawn, position);
      return { method: "POST", path, body: JSON.stringify({ hop, condition: drawn, position, flows }), ...take(edit) };
    }
  }
}

/**
 * Harmless is what no flow of a test lives long enough for, or what concerns devices of another network. Latency and
 * stalls among it make the flows that are there cross paths that can hold their bytes back, and then others again.
 */
function drawCondition(random: Random, harmless: boolean): ModelCondition {
  const foreign = { match: { source: ["192.0.2.0/24"] } };
  const named = random.next() < 0.2 ? { name: `named-${random.integer(1, 5)}` } : {};
  switch (random.integer(0, 3)) {
    case 0:
      return { type: "latency", delay: `${random.integer(1, 59)}s`, ...foreign, ...named };
    case 1:
      return { type: "stall", after: `${random.integer(1, 59)}s`, for: "1h", ...foreign, ...named };
    default: {
      const atExpiry = pick(random, ["drop", "reset", "close", "reset-on-next"]);
      const isForeign = random.next() < 0.5;
      const idleTimeout = harmless && !isForeign ? `${random.integer(1, 23)}h` : `${random.integer(1, 59)}s`;
      return { type: "idle-timeout", idleTimeout, atExpiry, ...(isForeign && foreign), ...named };
    }
  }
}

/** Only an idle time-out has a length of this name. */
function lengthened(before: ModelProfile, { id, condition: held }: ModelPlace, change: object): ModelEdit {
  return held.type === "idle-timeout" ? modelReplace(before, id, { ...held, ...change }) : { status: 422 };
}

function scenario({ random, model }: Drawing): StormCall {
  switch (random.integer(0, 2)) {
    case 0:
      return {
        method: "POST",
        path: "/scenario/timeline/stop",
        statuses: [200],
        apply: () => (model.timeline = false),
      };
    case 1:
      return {
        method: "POST",
        path: "/scenario/timeline/start",
        statuses: [200],
        apply: () => (model.timeline = true),
      };
    default: {
      const seed = random.integer(0, 1_000_000);
      const body = JSON.stringify({ seed });
      return { method: "PUT", path: "/scenario/seed", body, statuses: [200], apply: () => (model.seed = seed) };
    }
  }
}

function look({ own, woven }: Territory, { random, model }: Drawing): StormCall {
  const name = pick(random, [...own, ...(woven === undefined ? [] : [woven])]);
  const there = model.listeners.has(name) ? 200 : 404;
  return pick<StormCall>(random, [
    { method: "GET", path: `/listeners/${name}`, statuses: [there] },
    { method: "GET", path: `/listeners/${name}/profile`, statuses: [there] },
    { method: "GET", path: `/listeners/${name}/conditions`, statuses: [there] },
    { method: "GET", path: "/listeners", statuses: [200] },
    { method: "GET", path: `/flows?limit=${random.integer(1, 50)}`, statuses: [200] },
    { method: "GET", path: `/flows?listener=${name}`, statuses: [model.listeners.has(name) ? 200 : 400] },
    { method: "GET", path: "/devices", statuses: [200] },
    { method: "GET", path: "/scenario", statuses: [200] },
    { method: "GET", path: "/history", statuses: [200] },
    { method: "HEAD", path: "/profiles", statuses: [200] },
  ]);
}

function nonsense({ own }: Territory, { random }: Drawing): StormCall {
  const name = pick(random, own);
  const json = { "content-type": "application/json" };
  const text = String.fromCodePoint(...Array.from({ length: 20 }, () => random.integer(33, 0x2ff)));
  return pick<StormCall>(random, [
    { method: "PUT", path: "/scenario/seed", body: "{", statuses: [400] },
    { method: "PUT", path: "/scenario/seed", body: JSON.stringify({ seed: text }), statuses: [422] },
    {
      method: "PUT",
      path: "/scenario/seed",
      body: '{"seed":1}',
      headers: { "content-type": "text/plain" },
      statuses: [415],
    },
    { method: "POST", path: "/scenario/reset", headers: { origin: "http://evil.example" }, statuses: [403] },
    { method: "DELETE", path: "/scenario", statuses: [405] },
    { method: "PATCH", path: "/flows", body: "{}", statuses: [405] },
    { method: "GET", path: `/${encodeURIComponent(text)}`, statuses: [404] },
    { method: "GET", path: `/listeners/${encodeURIComponent(text)}`, statuses: [404] },
    { method: "GET", path: "/flows?limit=0", statuses: [400] },
    { method: "GET", path: `/flows?${encodeURIComponent(text)}=1`, statuses: [400] },
    { method: "GET", path: "/flows/%E0%A4%A", statuses: [404] },
    { method: "DELETE", path: `/flows/${random.integer(1_000_000, 2_000_000)}`, statuses: [404] },
    { method: "DELETE", path: "/flows/1?ending=explode", statuses: [400] },
    { method: "DELETE", path: "/devices/0123456789ab/flows", statuses: [404] },
    { method: "POST", path: "/listeners", body: JSON.stringify({ name, listen: "127.0.0.1:0" }), statuses: [422] },
    {
      method: "POST",
      path: "/listeners",
      body: JSON.stringify({ name: text, listen: "x", target: "y" }),
      statuses: [422],
    },
    {
      method: "POST",
      path: "/listeners/none/conditions",
      body: JSON.stringify({ hop: "a", condition: null }),
      statuses: [422],
    },
    {
      method: "PUT",
      path: "/listeners/none/profile",
      body: `${"[".repeat(5000)}${"]".repeat(5000)}`,
      headers: json,
      statuses: [422],
    },
    { method: "GET", path: "/events?kinds=nothing", statuses: [400] },
    { method: "GET", path: "/events?reveal=device", statuses: [403] },
  ]);
}

/** What a listener has that is given no profile. */
function direct(shipped: ReadonlyMap<string, ModelProfile>): ModelProfile {
  const found = shipped.get("direct");
  if (found === undefined) throw new Error("the profile direct is not shipped");
  return found;
}

function pick<Entry>(random: Random, entries: readonly Entry[]): Entry {
  const found = entries[random.integer(0, entries.length - 1)];
  if (found === undefined) throw new Error("there is nothing to pick from");
  return found;
}
