import type { Outcome } from "./events.ts";

/**
 * How an exchange ended, in two letters for those who read many lines: who ended it, and in which phase. The idea is that
 * of HAProxy's termination states (its configuration manual, "Session state at disconnection"); the letters are ours.
 * First: `-` nobody, the answer passed · `S` the server · `T` an idle time-out of a hop · `H` another condition of a hop, or
 * an operator · `N` the network in front of idlewall · `D` the device.
 * Second: `-` the answer passed whole · `W` waiting, no answer had begun · `A` an answer had begun, or was on its way.
 */
export const ENDINGS = ["--", "S-", "SW", "SA", "TW", "TA", "HW", "HA", "NW", "NA", "DW", "DA"] as const;

/** One of these. */
export type ExchangeEnding = (typeof ENDINGS)[number];

/** How far an answer had come when its exchange ended. */
export type AnswerPhase = "waiting" | "answering" | "passed";

/** The letters for an outcome. */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive, and the compiler holds it to that
export function endingOf(outcome: Exclude<Outcome, "open">, phase: AnswerPhase): ExchangeEnding {
  switch (outcome) {
    case "held":
    case "changes":
      return "--";
    case "rejected":
      return "S-";
    case "serverFailed":
      return phase === "passed" ? "S-" : `S${LETTERS[phase]}`;
    case "expired":
    case "cut":
    case "lost":
    case "withdrawn":
      return `${WHO[outcome]}${phase === "waiting" ? "W" : "A"}`;
  }
}

const LETTERS = { waiting: "W", answering: "A" } as const;

const WHO = { expired: "T", cut: "H", lost: "N", withdrawn: "D" } as const;
