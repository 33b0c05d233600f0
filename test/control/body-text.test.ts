import { expect, test } from "vitest";
import { bodyText } from "../../src/control/body-text.ts";

/** A request whose body comes in these pieces, and may break off behind them. */
function sent(pieces: readonly string[], breaksOff = false, headers: Readonly<Record<string, string>> = {}): Request {
  const rest = pieces.map((piece) => new TextEncoder().encode(piece));
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const next = rest.shift();
      if (next !== undefined) controller.enqueue(next);
      else if (breaksOff) controller.error(new Error("aborted"));
      else controller.close();
    },
  });
  return new Request("http://localhost", { method: "POST", body, headers, duplex: "half" });
}

test.each([
  [["{", "}"], 2, { kind: "text", text: "{}" }],
  [["\uFEFFä"], 5, { kind: "text", text: "\uFEFFä" }],
  [["123", "456"], 5, { kind: "tooLarge" }],
])("reads %j, with %d bytes at most, as %j", async (pieces, mostBytes, expected) => {
  expect(await bodyText(sent(pieces), mostBytes)).toEqual(expected);
});

test("reads nothing of a body that says it is too large", async () => {
  const request = sent(["123"], true, { "content-length": "6" });
  expect(await bodyText(request, 5)).toEqual({ kind: "tooLarge" });
});

test("tells when a body breaks off, which is no fault of ours", async () => {
  expect(await bodyText(sent(["12"], true), 5)).toEqual({ kind: "brokenOff" });
});

test("reads a request without a body as nothing", async () => {
  expect(await bodyText(new Request("http://localhost"), 5)).toEqual({ kind: "text", text: "" });
});
