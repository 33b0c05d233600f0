import { expect, test } from "vitest";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import { ProbeStream } from "../../src/live/probe-stream.ts";

const BYTE = "1\r\n.\r\n";

/** A stream of a byte every 100 ms, and what it wrote so far; `takes` is what each write is told. */
function streamed() {
  const scheduler = new VirtualScheduler();
  const written: string[] = [];
  const taking = { takes: true };
  const write = (bytes: Uint8Array): boolean => {
    written.push(Buffer.from(bytes).toString());
    return taking.takes;
  };
  const stream = new ProbeStream({ scheduler, everyMs: 100, write });
  return { scheduler, written, taking, stream };
}

test("writes its head at once and a byte each time", () => {
  const { scheduler, written } = streamed();
  expect(written).toEqual([expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n.*chunked\r\n\r\n$/su)]);
  scheduler.runUntil(99);
  expect(written).toHaveLength(1);
  scheduler.runUntil(300);
  expect(written.slice(1)).toEqual([BYTE, BYTE, BYTE]);
});

test("writes nothing to a prober that does not read, and goes on once it does", () => {
  const { scheduler, written, taking, stream } = streamed();
  taking.takes = false;
  scheduler.runUntil(60_000);
  expect(written.slice(1)).toEqual([BYTE]);
  taking.takes = true;
  stream.drained();
  scheduler.runUntil(60_200);
  expect(written.slice(1)).toEqual([BYTE, BYTE, BYTE]);
});

test("ends in order, and writes nothing after it stopped", () => {
  const { scheduler, written, stream } = streamed();
  stream.end();
  stream.stop();
  scheduler.runUntil(1000);
  expect(written.slice(1)).toEqual(["0\r\n\r\n"]);
});
