import { z } from "zod";
import type { During } from "../../path/during.ts";
import type { Match } from "../../path/match.ts";
import type { Narrowing } from "../../path/narrowed.ts";
import { parseNetwork } from "../../path/network.ts";
import { closed } from "../closed.ts";
import { formatDuration } from "../durations.ts";
import { nameLike } from "../name.ts";
import { duration, writeDuration } from "./duration.ts";
import { given } from "./given.ts";
import { wordsOf } from "./words-of.ts";

const MOST_TEXTS = 100;
const LONGEST_TEXT = 300;

const text = z.string().min(1).max(LONGEST_TEXT);

/** One text or a list of them. */
function texts(each: z.ZodType<string, string>): z.ZodType<readonly string[], string | readonly string[]> {
  return z
    .union([each, z.array(each).min(1).max(MOST_TEXTS)], "text or a list of texts")
    .transform((written) => (typeof written === "string" ? [written] : written));
}

const network = text
  .refine((written) => parseNetwork(written) !== undefined, {
    error: ({ input }) => `found ${JSON.stringify(input)}, expected a network such as 10.0.0.0/8 or an address`,
  })
  .meta({ examples: ["10.0.0.0/8", "2001:db8::/32", "127.0.0.1"] });

const requestPath = text
  .regex(/^\//u, "a path such as /Microsoft-Server-ActiveSync")
  .meta({ examples: ["/Microsoft-Server-ActiveSync"] });

const match = closed({
  deviceId: texts(text).optional().describe("Device ids; * stands for any letters"),
  deviceType: texts(text).optional().describe("Device types, such as iPhone; * stands for any letters"),
  user: texts(text).optional().describe("Users, in either case; * stands for any letters"),
  command: texts(text).optional().describe("ActiveSync commands, such as Ping"),
  userAgent: texts(text).optional().describe("User-Agent headers; * stands for any letters"),
  path: texts(requestPath).optional().describe("Beginnings of request paths"),
  source: texts(network).optional().describe("Networks of device addresses, such as 10.0.0.0/8"),
  share: z.number().gt(0).max(1).optional().describe("Which part is concerned, such as 0.3; drawn by the seed"),
  shareOf: z.enum(["devices", "flows"]).optional().describe("What is drawn; devices when left out"),
  skip: z.int().min(0).optional().describe("So many occasions pass untouched first"),
  every: z.int().min(1).optional().describe("Of the others every so-many-th is concerned"),
  times: z.int().min(1).optional().describe("At most so many occasions are concerned"),
})
  .transform((written): Match => given(written))
  .describe("Which flows the condition concerns; all when left out");

const during = closed({
  from: duration(0).optional().describe("When it begins to act, after the start; at once when left out"),
  until: duration(1).optional().describe("When it stops, after the start; never when left out"),
  every: duration(1).optional().describe("After so long the same begins anew"),
})
  .transform(({ from, until, every }): During => given({ fromMs: from, untilMs: until, everyMs: every }))
  .check(({ value, issues }) => {
    const { fromMs = 0, untilMs = Infinity, everyMs = Infinity } = value;
    if (untilMs <= fromMs)
      issues.push(windowFault(value, "until", `expected more than from, ${formatDuration(fromMs)}`));
    else if (untilMs !== Infinity && everyMs < untilMs)
      issues.push(windowFault(value, "every", `expected until, ${formatDuration(untilMs)}, at least`));
    else if (everyMs <= fromMs)
      issues.push(windowFault(value, "every", `expected more than from, ${formatDuration(fromMs)}`));
  })
  .describe("When the condition acts, counted from the start of the timeline; always when left out");

/** The keys that every condition takes beside its own. */
export const NARROWING = {
  name: nameLike("night-stall")
    .meta({ examples: ["night-stall", "tunnel"] })
    .optional()
    .describe("Names the condition for whoever changes it; unique in the path"),
  match: match.optional(),
  during: during.optional(),
};

/** What narrows a condition, as a profile writes it. */
export interface WrittenNarrowing {
  readonly name?: string;
  readonly match?: Match;
  readonly during?: WrittenWindow;
}

interface WrittenWindow {
  readonly from?: string;
  readonly until?: string;
  readonly every?: string;
}

/** What narrows a condition, as its schema reads it. */
type ReadNarrowing = { readonly [Key in keyof Narrowing]?: Narrowing[Key] | undefined };

/** Settings with what narrows them, from what their schema read. */
export function narrowed<Settings extends object>(
  { name, match: matched, during: window }: ReadNarrowing,
  settings: Settings,
): Settings & Narrowing {
  return { ...settings, ...given({ name, match: matched, during: window }) };
}

/** Writes what narrows a condition as a profile does. */
export function writeNarrowing({ name, match: matched, during: window }: Narrowing): WrittenNarrowing {
  return given({ name, match: matched, during: window && writeWindow(window) });
}

/** What narrows a condition, in a few words for tables; empty where nothing does. */
export function describeNarrowing({ match: matched, during: window }: Narrowing): string {
  const who = Object.entries(matched ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  const words = wordsOf(...who, window && `during ${describeWindow(window)}`);
  return words === "" ? "" : `[${words}]`;
}

function writeWindow({ fromMs, untilMs, everyMs }: During): WrittenWindow {
  return given({ from: writeDuration(fromMs), until: writeDuration(untilMs), every: writeDuration(everyMs) });
}

function describeWindow({ fromMs = 0, untilMs, everyMs }: During): string {
  const every = writeDuration(everyMs);
  return `${formatDuration(fromMs)}..${writeDuration(untilMs) ?? ""}${every === undefined ? "" : `/${every}`}`;
}

function windowFault(input: During, key: "until" | "every", expected: string) {
  const found = writeDuration(key === "until" ? input.untilMs : input.everyMs);
  return { code: "custom" as const, input, path: [key], message: `found ${JSON.stringify(found)}, ${expected}` };
}
