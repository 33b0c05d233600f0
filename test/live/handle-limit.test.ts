import { expect, test } from "vitest";
import { HandleLimit } from "../../src/live/handle-limit.ts";
import { logObserver } from "../../src/live/proxy-log.ts";

test("a limit is told once a minute, each by itself, and other codes are left to others", () => {
  let now = 5;
  const told: string[] = [];
  const limit = new HandleLimit(
    (code) => void told.push(`${code} at ${now}`),
    () => now,
  );
  expect(["EMFILE", "EMFILE", "ENFILE", "ECONNREFUSED", undefined].map((code) => limit.takes(code))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  now = 60_004;
  expect(limit.takes("EMFILE")).toBe(true);
  now = 60_005;
  expect(limit.takes("EMFILE")).toBe(true);
  expect(told).toEqual(["EMFILE at 5", "ENFILE at 5", "EMFILE at 60005"]);
});

test("the log blames neither server nor device for it", () => {
  const lines: unknown[] = [];
  const write = (...line: unknown[]): void => void lines.push(line);
  const observer = logObserver({ debug: write, info: write, warn: write, error: write, isLevelEnabled: () => true });
  const failure = { code: "EMFILE", message: "connect EMFILE 127.0.0.1:5533", connected: false };
  for (const flow of [1, 2, 3]) observer.serverFailed?.(flow, failure, "https");
  observer.acceptFailed?.(Object.assign(new Error("accept EMFILE"), { code: "EMFILE" }), "https");
  expect(lines).toEqual([[{ code: "EMFILE" }, expect.stringMatching(/^this process has as many files .*ulimit -n/u)]]);
  observer.serverFailed?.(4, { ...failure, code: "ECONNREFUSED" }, "https");
  observer.acceptFailed?.(new Error("accept"), "https");
  expect(lines.slice(1)).toMatchObject([
    [{ flow: 4, code: "ECONNREFUSED" }, "the server failed"],
    [{ reason: "accept" }, "a device could not be accepted"],
  ]);
});
