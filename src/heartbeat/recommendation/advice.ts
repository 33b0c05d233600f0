/**
 * What to do about each hop of ours, where a hop or the path in front bounds the heartbeat.
 *
 * - The innermost hop is to have 30 min (TechNet cc182255), but no more than what forgets before it and is in other
 *   hands, or what the server takes, makes use of, and 15 min at the least (KB 905013).
 * - Each hop outside another is to be 5 min longer (chosen here), so that who is nearer to the server forgets first:
 *   firewall above load balancer above Exchange (microsoft/CSS-Exchange, TCPIPSettingsCheck.md).
 * - A hop that is longer already stays, unless the one outside it forgets before it.
 * - A carrier's NAT, or a network of others, can only be asked for: 30 min (TechNet cc182244).
 */
import { minutes } from "../../core/duration-words.ts";
import { type Finding, wallIn } from "./finding.ts";
import type { Place } from "./place.ts";
import { SOURCES } from "./sources.ts";
import type { HopAction, HopAdvice, KnownHop } from "./types.ts";

/** The time-out that Microsoft advises, and what one asks of an operator, in s. */
export const ADVISED_SECONDS = 1800;

/** The least that Microsoft recommends, in s. */
const LEAST_SECONDS = 900;

/** How much longer a hop is to be than the one inside it, in s. */
const STEP_SECONDS = 300;

/** How much longer a hop is to be than the longest heartbeat that the server takes, in s. */
const MARGIN_SECONDS = 60;

/** The kinds of hop that an administrator sets. */
const IN_HAND: ReadonlySet<string> = new Set(["firewall", "load-balancer", "reverse-proxy"]);

/** Whether a hop is of a kind that an administrator sets; carriers' NATs and networks are others'. */
function inHand({ kind }: KnownHop): boolean {
  return IN_HAND.has(kind);
}

/** What to do about every hop of a place, outside first; none when it is not known what bounds the heartbeat. */
export function adviceFor(place: Place, finding: Finding): readonly HopAdvice[] {
  if (finding.by === "none") return [];
  if (finding.by === "devices" || finding.by === "server") return place.hops.map((hop) => kept(place, hop, CONTENT));
  const advice: HopAdvice[] = [];
  for (const hop of place.hops) advice.push(adviceOn(hop, place, advice));
  return advice;
}

/** The shortest silence that ends what comes by this place and is in other hands, in s. */
function othersSeconds({ hops, bracket }: Place): number {
  const others = hops.filter((hop) => !inHand(hop) && !hop.narrowed).map(({ idleTimeoutMs }) => idleTimeoutMs / 1000);
  return Math.min(...others, wallIn(bracket) ?? Infinity);
}

/** The longest that a server took of those that it told to ask for less, in s. */
export function serverSeconds({ negotiations }: Place): number {
  const limits = negotiations.map(({ serverLimit: told }) =>
    told !== undefined && told.limitSeconds < told.askedSeconds ? told.limitSeconds : 0,
  );
  return limits.reduce((most, limit) => Math.max(most, limit), 0) || Infinity;
}

function adviceOn(hop: KnownHop, place: Place, outer: readonly HopAdvice[]): HopAdvice {
  const todaySeconds = hop.idleTimeoutMs / 1000;
  if (!inHand(hop)) return todaySeconds < ADVISED_SECONDS ? asked(place, hop) : kept(place, hop, LONG_ENOUGH);
  const idealSeconds = idealFor(hop, place);
  if (isToRise(hop, place)) return raised(place, hop, idealSeconds);
  const limiting = outer.findLast(({ kind }) => IN_HAND.has(kind));
  const outsideSeconds = limiting?.recommendedSeconds ?? Infinity;
  if (todaySeconds >= outsideSeconds && idealSeconds < outsideSeconds) return lowered(place, hop, idealSeconds);
  return kept(place, hop, todaySeconds < idealSeconds ? BEHIND : LONG_ENOUGH);
}

/**
 * Whether a hop that an administrator sets is too short: shorter than what is in other hands, or than one inside it is to
 * become.
 */
function isToRise(hop: KnownHop, place: Place): boolean {
  const todaySeconds = hop.idleTimeoutMs / 1000;
  if (todaySeconds >= idealFor(hop, place)) return false;
  if (todaySeconds <= othersSeconds(place)) return true;
  const inside = place.hops.slice(place.hops.indexOf(hop) + 1).filter(inHand);
  return inside.some((inner) => idealFor(inner, place) >= todaySeconds && isToRise(inner, place));
}

/** What a hop that an administrator sets is to have at the least, in s. */
function idealFor(hop: KnownHop, place: Place): number {
  const useful = Math.min(ADVISED_SECONDS, othersSeconds(place), serverSeconds(place) + MARGIN_SECONDS);
  const own = place.hops.filter(inHand);
  const inside = own.length - 1 - own.indexOf(hop);
  return wholeMinutes(Math.max(LEAST_SECONDS, useful)) + inside * STEP_SECONDS;
}

function wholeMinutes(seconds: number): number {
  return Math.ceil(seconds / 60) * 60;
}

const LONG_ENOUGH = "it is long enough";
const CONTENT = "nothing has to wait longer";
const BEHIND = "what is in other hands forgets before it, so a longer one gains nothing";

function kept(place: Place, hop: KnownHop, reason: string): HopAdvice {
  return made(place, hop, { action: "keep", seconds: hop.idleTimeoutMs / 1000, reason, source: SOURCES.seen });
}

function asked(place: Place, hop: KnownHop): HopAdvice {
  const reason = `it is seldom in your hands: ask who runs it for ${minutes(ADVISED_SECONDS)} or more`;
  return made(place, hop, { action: "ask", seconds: ADVISED_SECONDS, reason, source: SOURCES.operators });
}

function raised(place: Place, hop: KnownHop, seconds: number): HopAdvice {
  const { reason, source } = whySoLong(othersSeconds(place), serverSeconds(place));
  const isOutside = place.hops.findLast(inHand) !== hop;
  const more = isOutside ? `; each hop outside another ${minutes(STEP_SECONDS)} longer` : "";
  return made(place, hop, { action: "raise", seconds, reason: reason + more, source });
}

function whySoLong(others: number, server: number): Pick<HopAdvice, "reason" | "source"> {
  if (Math.min(others, server + MARGIN_SECONDS) >= ADVISED_SECONDS)
    return { reason: `${minutes(ADVISED_SECONDS)} let heartbeats grow`, source: SOURCES.thirtyMinutes };
  const useful =
    others <= server
      ? `no less than the ${minutes(others)} of what is in other hands`
      : `longer than the ${minutes(server)} that the server takes`;
  return { reason: `${minutes(LEAST_SECONDS)} at the least, and ${useful}`, source: SOURCES.fifteenMinutes };
}

function lowered(place: Place, hop: KnownHop, seconds: number): HopAdvice {
  const reason = "the hop outside it forgets first: in a falling order the one nearer to the server does";
  return made(place, hop, { action: "lower", seconds, reason, source: SOURCES.fallingOrder });
}

interface Made {
  readonly action: HopAction;
  readonly seconds: number;
  readonly reason: string;
  readonly source: string;
}

function made({ listener }: Place, { hop, kind, idleTimeoutMs }: KnownHop, { seconds, ...said }: Made): HopAdvice {
  return { listener, hop, kind, idleTimeoutSeconds: idleTimeoutMs / 1000, recommendedSeconds: seconds, ...said };
}
