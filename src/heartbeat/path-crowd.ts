import type { Millis } from "../core/machine.ts";
import type { SilenceTest } from "./path-evidence.ts";

/**
 * Whether flows ended because there were too many: several did, in one way, as the oldest when others were opened, and
 * younger ones bore more.
 * @param openings when flows were opened, of each of them
 * @param momentMs how long after an opening a path has told what that did
 */
export function isEvicting(tests: readonly SilenceTest[], openings: readonly Millis[], momentMs: Millis): boolean {
  const dead = tests.filter(({ borne }) => !borne);
  const isTold = dead[0]?.told === true;
  if (dead.length < 2 || dead.some(({ told }) => told !== isTold)) return false;
  const lastOrder = Math.max(...dead.map(({ order }) => order));
  const silences = dead.map(({ silenceMs }) => silenceMs);
  const enoughMs = Math.max(...silences, isTold ? 0 : SURELY_LONGER * Math.min(...silences));
  if (!tests.some(({ borne, order, silenceMs }) => borne && order > lastOrder && silenceMs >= enoughMs)) return false;
  return dead.every((each) => isEvicted(each, tests, openings, momentMs));
}

/** Whether flows were opened when this one ended, and all that were older had gone by then. */
function isEvicted(
  { order, told, knownAt }: SilenceTest,
  tests: readonly SilenceTest[],
  openings: readonly Millis[],
  momentMs: Millis,
): boolean {
  const openedAt = openings.findLast((at) => (told ? at <= knownAt : at < knownAt)) ?? -Infinity;
  if (told && knownAt - openedAt > momentMs) return false;
  return tests.every((older) => !older.borne || older.order > order || older.knownAt <= openedAt);
}

/**
 * Whether the flows that were told of died just when at least as many were opened, and may have made room for those.
 * More that die soon afterwards did not: a time-out may end some just within a moment, and the others after it.
 */
export function isCrowded(
  tests: readonly SilenceTest[],
  deadMs: Millis,
  openings: readonly Millis[],
  momentMs: Millis,
): boolean {
  const told = tests.filter(({ told: isTold }) => isTold);
  const first = told.find(({ silenceMs }) => silenceMs === deadMs);
  const openedAt = openings.findLast((at) => first !== undefined && at <= first.knownAt) ?? -Infinity;
  const ages = told.map(({ knownAt }) => knownAt - openedAt).filter((ageMs) => ageMs >= 0 && ageMs < 2 * momentMs);
  return Math.min(...ages) < momentMs && ages.length <= openings.filter((at) => at === openedAt).length;
}

/**
 * Whether flows ended at an instant rather than at an age: a younger one ended before it was as old as an older one had
 * become, and nothing that was open then was alive afterwards.
 * @param apartMs flows that are opened within it are of the same age
 */
export function isOutage(tests: readonly SilenceTest[], apartMs: Millis): boolean {
  return tests.some(
    (young) =>
      !young.borne &&
      tests.some(
        ({ borne, openedAt, silenceMs }) =>
          borne && openedAt + apartMs < young.openedAt && silenceMs >= young.silenceMs,
      ) &&
      !tests.some(({ borne, openedAt, knownAt }) => borne && openedAt <= young.openedAt && knownAt > young.knownAt),
  );
}

/** What is silent so much longer and lives has not the same time-out, however that varies. */
const SURELY_LONGER = 2;
