import { describe, expect, test } from "vitest";
import type { Ending, Endings, PlainEnding } from "../../src/path/condition.ts";
import type { PathHop } from "../../src/path/path-hop.ts";
import type { End } from "../../src/path/segment.ts";
import { both, directionFrom, idle, idleHop, idlePath, RESPOND, told } from "./flows.ts";

const TO_DEVICE: readonly Ending[] = ["drop", "reset", "close", "reset-on-next", { respond: 504 }];
const TO_SERVER: readonly PlainEnding[] = ["drop", "reset", "close", "reset-on-next"];

/** What an end sees at the expiry, by the ending of its leg (docs/conditions.md, idle-timeout). */
const AT_EXPIRY: Readonly<Record<PlainEnding, (end: End) => readonly string[]>> = {
  drop: () => [],
  reset: (end) => [`${end} gets rst`],
  close: (end) => [`${end} gets fin`],
  "reset-on-next": () => [],
};

/** What comes of a segment that an end sends after the expiry, by the ending of its own leg (docs/conditions.md, idle-timeout). */
const LATER: Readonly<Record<PlainEnding, (end: End, what: string) => readonly string[]>> = {
  drop: (end, what) => [swallowed(end, what)],
  reset: () => [],
  close: (end, what) => [swallowed(end, what)],
  "reset-on-next": (end, what) => [swallowed(end, what), ...(what === "rst" ? [] : [`${end} gets rst`])],
};

function swallowed(end: End, what: string): string {
  return `middlebox swallows ${what} ${directionFrom(end)}`;
}

function atExpiry({ toDevice, toServer }: Endings): readonly string[] {
  const device = typeof toDevice === "string" ? AT_EXPIRY[toDevice]("device") : ["middlebox responds 504"];
  return ["ended by middlebox", ...device, ...AT_EXPIRY[toServer]("server")];
}

function later({ toDevice, toServer }: Endings, from: End, what: string): readonly string[] {
  if (typeof toDevice === "string") return LATER[from === "device" ? toDevice : toServer](from, what);
  return from === "device" ? [swallowed("device", what)] : [`device gets ${what}`];
}

/** A path of as many hops, of which the one at `place` (0 at the device) expires after 1 s, the others in an hour. */
function pathOf(hops: number, place: number, endings: Endings): readonly PathHop[] {
  const names = Array.from({ length: hops }, (_, index) => (index === place ? "middlebox" : `hop ${index}`));
  return idlePath(...names.map((name, at) => idleHop(name, idle(at === place ? 1000 : 3_600_000, endings))));
}

const LAYOUTS = [
  [1, 0],
  [2, 0],
  [2, 1],
  [3, 0],
  [3, 1],
  [3, 2],
] as const;

const ENDINGS = TO_DEVICE.flatMap((toDevice) => TO_SERVER.map((toServer): Endings => ({ toDevice, toServer })));

const SENDS = (["device", "server"] as const).flatMap((from) =>
  ["hello", "fin", "rst"].flatMap((what) => ENDINGS.map((endings) => ({ from, what, endings }))),
);

describe.each(LAYOUTS)("in a path of %i hops, when hop %i expires", (hops, place) => {
  test.each(ENDINGS)("each leg sees its own ending, and nothing more: $toDevice / $toServer", (endings) => {
    const rows = atExpiry(endings).map((what) => [1000, what]);
    expect(told(pathOf(hops, place, endings), [], 2_000_000)).toEqual(rows);
  });

  test.each(SENDS)("$from sends $what after $endings.toDevice / $endings.toServer", ({ from, what, endings }) => {
    const rows = told(pathOf(hops, place, endings), [[2000, from, what]], 3000);
    expect(rows.filter(([at]) => at > 1000)).toEqual(later(endings, from, what).map((row) => [2000, row]));
  });
});

describe("silence", () => {
  const path = idlePath(idleHop("firewall", idle(1000, both("drop"))));

  test.each([
    [999, ["server gets hello"]],
    [1000, ["ended by firewall", "firewall swallows hello toServer"]],
    [1001, ["ended by firewall", "firewall swallows hello toServer"]],
  ])("of %i ms before data, with a time-out of 1000, comes to %j", (at, expected) => {
    expect(told(path, [[at, "device", "hello"]], 1001).map(([, what]) => what)).toEqual(expected);
  });

  test("is counted from the latest data, whoever sent it", () => {
    const sent = [
      [900, "device", "ask"],
      [1800, "server", "answer"],
    ] as const;
    expect(told(path, sent, 10_000)).toEqual([
      [900, "server gets ask"],
      [1800, "device gets answer"],
      [2800, "ended by firewall"],
    ]);
  });

  test("is not broken by a FIN", () => {
    expect(told(path, [[900, "device", "fin"]], 10_000)).toEqual([
      [900, "server gets fin"],
      [1000, "ended by firewall"],
    ]);
  });
});

describe("several segments after the expiry", () => {
  test("are swallowed one by one by a hop that dropped the flow, FIN too", () => {
    const sent = [
      [2000, "device", "ask"],
      [2001, "device", "fin"],
      [2002, "server", "answer"],
      [2003, "server", "fin"],
      [2004, "device", "rst"],
      [2005, "server", "rst"],
    ] as const;
    expect(told(idlePath(idleHop("carrier", idle(1000, both("drop")))), sent, 10_000)).toEqual([
      [1000, "ended by carrier"],
      [2000, "carrier swallows ask toServer"],
      [2001, "carrier swallows fin toServer"],
      [2002, "carrier swallows answer toDevice"],
      [2003, "carrier swallows fin toDevice"],
      [2004, "carrier swallows rst toServer"],
      [2005, "carrier swallows rst toDevice"],
    ]);
  });

  test("meet one RST each way when both ends find out about reset-on-next, and then nobody is there", () => {
    const sent = [
      [2000, "device", "ask"],
      [2001, "device", "again"],
      [2002, "server", "answer"],
      [2003, "server", "fin"],
    ] as const;
    expect(told(idlePath(idleHop("firewall", idle(1000, both("reset-on-next")))), sent, 10_000)).toEqual([
      [1000, "ended by firewall"],
      [2000, "firewall swallows ask toServer"],
      [2000, "device gets rst"],
      [2002, "firewall swallows answer toDevice"],
      [2002, "server gets rst"],
    ]);
  });

  test("are the proxy's own answer when it responds, with its FIN behind it, while the device talks to nobody", () => {
    const sent = [
      [1000, "server", "504"],
      [1000, "server", "fin"],
      [1000, "server", "after the fin"],
      [1500, "device", "ask"],
      [1501, "device", "fin"],
    ] as const;
    expect(told(idlePath(idleHop("proxy", idle(1000, RESPOND))), sent, 10_000)).toEqual([
      [1000, "ended by proxy"],
      [1000, "proxy responds 504"],
      [1000, "server gets rst"],
      [1000, "device gets 504"],
      [1000, "device gets fin"],
      [1500, "proxy swallows ask toServer"],
      [1501, "proxy swallows fin toServer"],
    ]);
  });
});

describe("an end that is over", () => {
  const path = idlePath(idleHop("firewall", idle(1000, both("reset"))));

  test("sends nothing more, and nothing more leaves for it", () => {
    const sent = [
      [10, "device", "rst"],
      [11, "device", "after the rst"],
      [12, "server", "on its way"],
      [13, "server", "fin"],
    ] as const;
    expect(told(path, sent, 10_000)).toEqual([[10, "server gets rst"]]);
  });

  test("has no flow that could expire", () => {
    expect(told(path, [[10, "server", "rst"]], 10_000)).toEqual([[10, "device gets rst"]]);
  });

  test("by a FIN each way has no flow that could expire either", () => {
    const sent = [
      [10, "server", "fin"],
      [20, "device", "fin"],
    ] as const;
    expect(told(path, sent, 10_000)).toEqual([
      [10, "device gets fin"],
      [20, "server gets fin"],
    ]);
  });
});
