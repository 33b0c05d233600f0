import { expect, test } from "vitest";
import { Legs } from "../../src/path/legs.ts";
import { FIN, RST, type Segment } from "../../src/path/segment.ts";

const REQUEST: Segment = { kind: "data", direction: "toServer", sizeBytes: 1, payload: "a" };
const ANSWER: Segment = { kind: "data", direction: "toDevice", sizeBytes: 1, payload: "b" };

test("an end that has sent an RST sends nothing more, and receives nothing", () => {
  const legs = new Legs();
  expect([legs.sends(REQUEST), legs.sends(RST.toServer), legs.sends(REQUEST), legs.sends(RST.toServer)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([legs.receives(ANSWER), legs.receives(RST.toDevice)]).toEqual([false, false]);
  expect([legs.carries("toServer"), legs.carries("toDevice")]).toEqual([false, false]);
});

test("an end that has heard a FIN receives an RST and nothing else, and still sends", () => {
  const legs = new Legs();
  expect([legs.receives(FIN.toServer), legs.receives(FIN.toServer), legs.receives(REQUEST)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([legs.carries("toServer"), legs.carries("toDevice")]).toEqual([false, true]);
  expect([legs.sends(ANSWER), legs.receives(RST.toServer), legs.sends(ANSWER)]).toEqual([true, true, false]);
});

test("a hop answers from the server's end when the server is gone", () => {
  const legs = new Legs();
  legs.sends(RST.toDevice);
  expect([legs.sends(ANSWER), legs.carries("toDevice")]).toEqual([false, false]);
  legs.answer();
  expect([legs.sends(ANSWER), legs.carries("toDevice"), legs.receives(REQUEST)]).toEqual([true, true, false]);
});
