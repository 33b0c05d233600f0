import { expect, test } from "vitest";
import { Closing } from "../../src/path/closing.ts";
import { FIN, RST } from "../../src/path/segment.ts";
import { data } from "./conditions/lone.ts";

test.each([
  ["nothing", [], [false, false]],
  ["data", [data("toServer"), data("toDevice")], [false, false]],
  ["a FIN", [FIN.toServer], [true, false]],
  ["a FIN twice", [FIN.toServer, FIN.toServer], [true, false]],
  ["a FIN each way", [FIN.toServer, FIN.toDevice], [true, true]],
  ["a FIN each way and one more", [FIN.toServer, FIN.toDevice, FIN.toDevice], [true, true]],
  ["an RST", [RST.toDevice], [false, true]],
] as const)("after %s a flow is half closed, or over", (_, segments, expected) => {
  const closing = new Closing();
  for (const segment of segments) closing.note(segment);
  expect([closing.halfClosed, closing.over]).toEqual(expected);
});
