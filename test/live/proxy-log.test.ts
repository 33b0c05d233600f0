import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type AnswerPhase, ENDINGS, endingOf } from "../../src/heartbeat/ending.ts";
import { type Exchange, type ExchangeEnd, OUTCOMES } from "../../src/heartbeat/events.ts";
import { createLog } from "../../src/live/log.ts";
import type { LogLevel } from "../../src/live/log-words.ts";
import { logObserver } from "../../src/live/proxy-log.ts";
import type { EmulatorObserver } from "../../src/live/emulator-core.ts";
import { table } from "../support/markdown.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DOCS = readFileSync(path.join(ROOT, "docs/log.md"), "utf8");

const ENDED = OUTCOMES.filter((outcome): outcome is ExchangeEnd["outcome"] => outcome !== "open");
const PHASES = ["waiting", "answering", "passed"] as const satisfies readonly AnswerPhase[];

const EXCHANGE: Exchange = {
  id: 17,
  flowId: 12,
  device: { deviceId: "hidden-device", user: "hidden-user", deviceType: "SmartPhone" },
  command: "Ping",
  heartbeatIntervalSeconds: 900,
  askedAt: 1000,
  requestBytes: 361,
};

function ended(outcome: ExchangeEnd["outcome"]): ExchangeEnd {
  const bytes = { answerBytes: 133, endedAt: 781_000 };
  return { outcome, hop: "carrier", action: "drop", ending: endingOf(outcome, "waiting"), ...STATUSES, ...bytes };
}

const STATUSES = { httpStatus: 200, status: 1 };

/** A line as JSON has it. */
type Line = Readonly<Record<string, unknown>>;

function written(level: LogLevel, tell = tellTraffic): readonly Line[] {
  const lines: string[] = [];
  tell(logObserver(createLog({ level, destination: { write: (line) => void lines.push(line) } })));
  return lines.map((line): Line => JSON.parse(line));
}

/** Has an observer write every line of the traffic. */
function tellTraffic(observer: EmulatorObserver): void {
  const flow = { flowId: 12, listener: "https", at: 1000 };
  for (const outcome of ENDED)
    observer.heartbeat?.({ kind: "ended", exchange: EXCHANGE, end: ended(outcome) }, "https");
  observer.heartbeat?.({ kind: "lateAnswer", exchange: EXCHANGE, at: 901_000 }, "https");
  observer.heartbeat?.({ kind: "asked", exchange: EXCHANGE }, "https");
  observer.heartbeat?.({ kind: "decodeFailed", flowId: 12, reason: "gzip", at: 1 }, "https");
  observer.flow?.({ kind: "opened", ...flow });
  const endings = { toDevice: "drop", toServer: "drop" } as const;
  observer.flow?.({ kind: "ended", ...flow, hop: "carrier", condition: "idle-timeout", endings });
  observer.flow?.({ kind: "closed", ...flow, toServerBytes: 1, toDeviceBytes: 2, durationMs: 3 });
  observer.refused?.(12, { status: 431, message: "too large", offsetBytes: 7 }, "https");
  observer.tlsFailed?.(12, "no cipher", false, "https");
  observer.tlsFailed?.(12, "bad record", true, "https");
  observer.serverFailed?.(12, { code: "ECONNREFUSED", message: "refused", connected: false }, "https");
  observer.acceptFailed?.(new Error("accept"), "https");
}

/** Has an observer write every line of what is found. */
function tellFound(observer: EmulatorObserver): void {
  const found = { device: EXCHANGE.device, command: "Ping", at: 1000 } as const;
  observer.found?.({ kind: "unheard", exchange: 7, heartbeatIntervalSeconds: 480, silenceSeconds: 480, ...found });
  for (const kind of ["collided", "stormBegan", "stormEnded"] as const) observer.found?.({ kind, ...found });
  const alert = { command: "Ping", raised: true, meanSeconds: 500, samples: 200 } as const;
  for (const kind of ["alertRaised", "alertCleared"] as const) observer.found?.({ kind, alert, at: 1000 });
  const held = { longestHeldSeconds: 420, heldSamples: 3, shortestFailedSeconds: 480, failedSamples: 3 };
  const bracket = { state: "wall", confidence: 0.9, ...held } as const;
  for (const kind of ["wallFound", "wallLifted"] as const)
    observer.found?.({ kind, network: "192.0.2.0/24", bracket, at: 1000 });
}

/** A line as docs/log.md lists it: outcomes and commands are one row. */
function asDocumented({ msg, level, time: _time, ...fields }: Line): readonly string[] {
  const message = String(msg)
    .replace(/^Ping (?!asked)\w+$/u, "COMMAND OUTCOME")
    .replace(/^Ping asked$/u, "COMMAND asked")
    .replace(/^event 1040: .*/u, "event 1040: TEXT");
  const names = Object.keys(fields).map((name) => `\`${name}\``);
  return [`\`${message}\``, String(level), names.join(", ")];
}

const CHAPTERS = DOCS.split("\n## ").map((chapter) => `\n${chapter}`);

function chapterOf(title: string): string {
  return CHAPTERS.find((chapter) => chapter.startsWith(`\n${title}`)) ?? "";
}

describe.each([
  ["Lines of the traffic", tellTraffic, ["`code`"]],
  ["Lines of what is found", tellFound, []],
] as const)("the chapter %s of docs/log.md", (title, tell, others) => {
  const rows = table(chapterOf(title), "message|level|fields");

  test("lists the lines: message, level and fields, both ways", () => {
    const lines = new Set(written("trace", tell).map((line) => asDocumented(line).join("|")));
    expect(rows.map((row) => row.join("|"))).toEqual([...lines]);
  });

  test("says what each field holds", () => {
    const fields = rows.flatMap(([, , names = ""]) => names.split(", "));
    expect(new Set(table(chapterOf(title), "field|holds").map(([name]) => name))).toEqual(
      new Set([...fields, ...others]),
    );
  });
});

test("docs/log.md lists the endings and the outcomes that have them", () => {
  const told = table(DOCS, "ending|who ended it|when|outcomes").map(([letters, , , outcomes]) => [letters, outcomes]);
  const made = ENDINGS.map((letters) => {
    const outcomes = ENDED.filter((outcome) => PHASES.some((phase) => endingOf(outcome, phase) === letters));
    return [`\`${letters}\``, outcomes.map((outcome) => `\`${outcome}\``).join(", ")];
  });
  expect(told).toEqual(made);
});

/** Levels and messages of all lines that source files write themselves. */
function linesIn(files: readonly string[]): ReadonlySet<string> {
  const found = files.flatMap((file) => [
    ...readFileSync(path.join(ROOT, "src", file), "utf8").matchAll(
      /log\.(error|warn|info|debug)\((?:\{[^}]*\}, )?"([^"]+)"/gu,
    ),
  ]);
  return new Set(found.map(([, level = "", message = ""]) => `\`${message}\`|${level}`));
}

test("docs/log.md lists the lines of the process, both ways", () => {
  const told = table(chapterOf("Lines of the process"), "message|level|fields").map(
    ([message, level]) => `${message}|${level}`,
  );
  const files = readdirSync(path.join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  expect(new Set(told)).toEqual(
    linesIn(files.filter((file) => file.endsWith(".ts") && !/(?:proxy|found)-log\.ts$/u.test(file))),
  );
});

test.each([
  ["silent", 0],
  ["error", 1],
  ["warn", 6],
  ["info", 15],
  ["debug", 19],
] as const)("at %s it writes %i of these lines", (level, count) => {
  expect(written(level)).toHaveLength(count);
});

test("tells who a device is in no line", () => {
  const text = JSON.stringify([written("trace"), written("trace", tellFound)]);
  expect(text).toContain('"deviceType":"SmartPhone"');
  expect(text).not.toContain("hidden");
});
