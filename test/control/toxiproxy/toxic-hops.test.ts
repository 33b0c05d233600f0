import { expect, test } from "vitest";
import { checkHops } from "../../../src/path/check-hops.ts";
import type { Hop } from "../../../src/path/hop.ts";
import { hopsOf } from "../../../src/control/toxiproxy/toxic-hops.ts";
import { readToxic, type Toxic } from "../../../src/control/toxiproxy/toxic.ts";
import { TOXIC_TYPES } from "../../../src/control/toxiproxy/toxic-types.ts";
import { patchCondition } from "../../../src/profile/read-condition.ts";

function toxic(name: string, stream: string, more: object = {}): Toxic {
  return readToxic(JSON.stringify({ type: "latency", name, stream, ...more }), () => false);
}

test("each direction crosses its toxics in order of creation, and ends cross those that come after", () => {
  const toxics = ["up1 upstream", "down1 downstream", "up2 upstream", "down2 downstream"].map((text) => {
    const [name = "", stream = ""] = text.split(" ");
    return toxic(name, stream);
  });
  expect(hopsOf(toxics).map(({ name }) => name)).toEqual(["toxic:down2", "toxic:down1", "toxic:up1", "toxic:up2"]);
});

test.each([
  [1, {}],
  [2, {}],
  [0.25, { match: { share: 0.25, shareOf: "flows" } }],
])("a toxicity of %d is %j", (toxicity, narrowing) => {
  const [hop] = hopsOf([toxic("t", "upstream", { toxicity, attributes: { latency: 5 } })]);
  const latency = { type: "latency", delayMs: 5, jitterMs: 0, distribution: "fixed", direction: "toServer" };
  expect(hop?.conditions).toEqual([{ ...latency, ...narrowing }]);
});

test.each([0, -1])("a toxicity of %d is a hop that does nothing", (toxicity) => {
  expect(hopsOf([toxic("t", "upstream", { toxicity })])).toEqual([
    { name: "toxic:t", kind: "network", conditions: [] },
  ] satisfies Hop[]);
});

test.each([0, 20])("a latency with a jitter of %i ms is a condition that can be changed as any other", (jitter) => {
  const [hop] = hopsOf([toxic("t", "upstream", { attributes: { latency: 5, jitter } })]);
  const [latency] = hop?.conditions ?? [];
  expect(latency && patchCondition(latency, { delay: "5s" })).toMatchObject({
    kind: "condition",
    settings: { delayMs: 5000, jitterMs: jitter },
  });
});

test("toxics of every type make a path without faults", () => {
  const toxics = Object.keys(TOXIC_TYPES).map((type) =>
    toxic(type, "downstream", { type, attributes: { timeout: 5 } }),
  );
  expect(checkHops(hopsOf(toxics))).toEqual([]);
  expect(toxics).toHaveLength(10);
});
