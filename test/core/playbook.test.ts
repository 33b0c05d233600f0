import { expect, test } from "vitest";
import type { Machine, Millis } from "../../src/core/machine.ts";
import { play } from "../support/playbook.ts";

/** Says "rang" at the instant it was last told. */
class Alarm implements Machine<Millis, string> {
  #at: Millis | undefined;

  handle(at: Millis): readonly string[] {
    this.#at = at;
    return ["set"];
  }

  nextDeadline(): Millis | undefined {
    return this.#at;
  }

  expire(now: Millis): readonly string[] {
    if (this.#at === undefined || now < this.#at) return [];
    this.#at = undefined;
    return ["rang"];
  }
}

test("the playbook returns each effect with its instant, until the end it was given", () => {
  const events = [
    [0, 50],
    [60, 100],
  ] as const;
  expect(play(new Alarm(), events, 100)).toEqual([
    [0, "set"],
    [50, "rang"],
    [60, "set"],
    [100, "rang"],
  ]);
  expect(play(new Alarm(), events, 99)).toHaveLength(3);
});

test("the playbook ends with the last event when no end is given", () => {
  expect(play(new Alarm(), [[10, 50]])).toEqual([[10, "set"]]);
  expect(play(new Alarm(), [])).toEqual([]);
});

test("the playbook finds a machine that acts when it expires early", () => {
  const hasty: Machine<string, string> = {
    handle: () => [],
    nextDeadline: () => 100,
    expire: () => ["too early"],
  };
  expect(() => play(hasty, [[10, "event"]])).toThrow("early or repeated expire");
});
