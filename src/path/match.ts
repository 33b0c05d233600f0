import type { FlowFacts } from "./flow-facts.ts";
import { contains, parseNetwork } from "./network.ts";

/**
 * Which flows a condition concerns; every key that is given must fit, and of a list one entry.
 * `*` in a text stands for any letters. Device, user, command, agent and path are known from a flow's first request on,
 * and judged anew at each request.
 */
export interface Match {
  readonly deviceId?: readonly string[];
  readonly deviceType?: readonly string[];
  /** Without regard to case. */
  readonly user?: readonly string[];
  readonly command?: readonly string[];
  readonly userAgent?: readonly string[];
  /** Beginnings of request paths. */
  readonly path?: readonly string[];
  /** Networks of devices' addresses, such as `10.0.0.0/8`. */
  readonly source?: readonly string[];
  /** Which part of the devices, or of the flows, is concerned: above 0, up to 1; default 1. */
  readonly share?: number;
  /** Whether `share` is drawn once a device, and then holds for all its flows, or once a flow; default devices. */
  readonly shareOf?: "devices" | "flows";
  /** So many occasions pass untouched; default 0. */
  readonly skip?: number;
  /** Of the others every so-many-th is concerned, the first included; default 1. */
  readonly every?: number;
  /** At most so many occasions are concerned; default all. */
  readonly times?: number;
}

/** Whether facts fit a match, as far as who and what is concerned; share and counts are another matter. */
export type Fits = (facts: FlowFacts, source: string | undefined) => boolean;

/** The keys that only a request can answer. */
const REQUEST_KEYS = ["deviceId", "deviceType", "user", "command", "userAgent", "path"] as const;

/** Whether a match asks for what only a request shows. */
export function asksForRequests(match: Match): boolean {
  return REQUEST_KEYS.some((key) => match[key] !== undefined);
}

/** Readies a match. */
export function prepareMatch(match: Match): Fits {
  const texts = REQUEST_KEYS.flatMap((key) => {
    const patterns = match[key]?.map((text) => patternOf(key, text));
    return patterns === undefined ? [] : [{ key, patterns }];
  });
  const networks = match.source?.map(parseNetwork).filter((network) => network !== undefined);
  return (facts, source) =>
    texts.every(({ key, patterns }) => patterns.some((pattern) => pattern.test(facts[key] ?? ABSENT))) &&
    (networks?.some((network) => source !== undefined && contains(network, source)) ?? true);
}

/** What no pattern but `*` alone could mean, and that one is not to fit what is not known. */
const ABSENT = "\n";

function patternOf(key: (typeof REQUEST_KEYS)[number], text: string): RegExp {
  const escaped = text.replaceAll(/[\\^$.+?()[\]{}|]/gu, String.raw`\$&`).replaceAll("*", ".*");
  return new RegExp(`^${escaped}${key === "path" ? "" : "$"}`, key === "user" ? "iu" : "u");
}
