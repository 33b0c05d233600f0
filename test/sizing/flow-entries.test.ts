import { expect, test } from "vitest";
import type { Hop } from "../../src/path/hop.ts";
import { preparePath } from "../../src/path/path-hop.ts";
import { Path } from "../../src/path/path.ts";
import { FIN, RST } from "../../src/path/segment.ts";
import { watchEntries } from "../../src/sizing/flow-entries.ts";
import { both } from "../path/flows.ts";
import { hopThat, MINUTE } from "./scenarios.ts";

const FIREWALL = hopThat("firewall", 10 * MINUTE, both("drop"));
const DATA = { kind: "data", direction: "toServer", sizeBytes: 1, payload: "x" } as const;

function pathOver(hops: readonly Hop[]) {
  const heard: (readonly [number, number])[] = [];
  const watched = watchEntries(preparePath(hops), "firewall", (change, at) => heard.push([change, at]));
  return { path: new Path<string>(watched, { createdAt: 1000 }), heard };
}

test("a flow has an entry from its start until it expires", () => {
  const { path, heard } = pathOver([FIREWALL]);
  path.handle({ kind: "segment", segment: DATA }, 2000);
  path.expire(2000 + 10 * MINUTE);
  expect(heard).toEqual([
    [1, 1000],
    [-1, 2000 + 10 * MINUTE],
  ]);
});

test.each([[[FIN.toServer, FIN.toDevice]], [[RST.toDevice]]])(
  "a flow that closes gives its entry up: %o",
  (segments) => {
    const { path, heard } = pathOver([FIREWALL]);
    for (const segment of segments) path.handle({ kind: "segment", segment }, 3000);
    path.close();
    expect(heard).toEqual([
      [1, 1000],
      [-1, 3000],
    ]);
  },
);

test("a flow of which the hop hears nothing more keeps its entry until the time-out", () => {
  const { path, heard } = pathOver([hopThat("carrier", 5 * MINUTE, both("drop")), FIREWALL]);
  path.handle({ kind: "segment", segment: DATA }, 2000);
  path.expire(2000 + 5 * MINUTE);
  path.close();
  expect(heard).toEqual([
    [1, 1000],
    [-1, 2000 + 10 * MINUTE],
  ]);
});

test("other hops and other conditions are not looked at", () => {
  const lifetime = { type: "lifetime" as const, ageMs: MINUTE, atExpiry: both("drop") };
  const { path, heard } = pathOver([
    hopThat("carrier", 5 * MINUTE, both("drop")),
    { ...FIREWALL, conditions: [lifetime] },
  ]);
  path.expire(60 * MINUTE);
  expect(heard).toEqual([]);
});

test("an entry is given up once, whatever still comes", () => {
  const heard: (readonly [number, number])[] = [];
  const [hop] = watchEntries(preparePath([FIREWALL]), "firewall", (change, at) => heard.push([change, at]));
  const condition = hop?.conditions[0]?.open({ createdAt: 1000 });
  condition?.onSegment(RST.toServer, 2000);
  condition?.onSegment(DATA, 3000);
  expect(heard).toEqual([
    [1, 1000],
    [-1, 2000],
  ]);
});

test("a condition that comes to a flow later has its entry from then on", () => {
  const heard: (readonly [number, number])[] = [];
  const [hop] = watchEntries(preparePath([FIREWALL]), "firewall", (change, at) => heard.push([change, at]));
  hop?.conditions[0]?.open({ createdAt: 1000 }, 5000);
  hop?.conditions[0]?.open({ createdAt: 1000 });
  expect(heard).toEqual([
    [1, 5000],
    [1, 1000],
  ]);
});
