import type { Millis } from "../core/machine.ts";
import type { DeviceCase } from "./device-case.ts";
import { instantOf, type Step, stepOf, type Trial } from "./steps.ts";
import { NO_PAST, tryStep } from "./trials.ts";

/*
 * The machines have no clock of their own, and devices nothing in common. So what follows from an instant at which a
 * device's request is held hangs on the state of the machines, counted from that instant, and on the mail that comes:
 * the machines go through each such step once or twice, and then it is known.
 *
 * A message's effect hangs on when in its step it comes, but not on every millisecond: a piece of a step is a range in
 * which it moves what it causes along with itself and changes nothing else. Pieces lie between the instants at which
 * something was due. The machines go through the first and the last millisecond of each; where these differ in more than
 * the time, the piece is cut where they begin to.
 */

/** More states than a device of any model has on a path that only forgets; beyond them nothing is won by remembering. */
const MOST_STATES = 5000;

/** What is known of a kind of device on a kind of path. */
export class Remembered {
  readonly #of: DeviceCase;
  readonly #states = new Map<string, State>();
  #beginning: Beginning | undefined;

  constructor(of: DeviceCase) {
    this.#of = of;
  }

  /** How a device comes to its first state; `undefined` when that can't be known. */
  get beginning(): Beginning | undefined {
    if (this.#beginning !== undefined) return this.#beginning;
    const trial = tryStep(this.#of, NO_PAST, []);
    const next = trial === undefined ? undefined : this.#stateAfter(trial);
    if (trial !== undefined && next !== undefined) this.#beginning = { trial, next };
    return this.#beginning;
  }

  /** The state at the end of a trial; `undefined` when there are too many. */
  #stateAfter({ fingerprint, past }: Trial): State | undefined {
    const known = this.#states.get(fingerprint);
    if (known !== undefined || this.#states.size >= MOST_STATES) return known;
    const state = new State(
      (mailAt) => tryStep(this.#of, past, mailAt),
      (trial) => this.#stateAfter(trial),
    );
    this.#states.set(fingerprint, state);
    return state;
  }
}

/** What comes before a device's first state. */
export interface Beginning {
  readonly trial: Trial;
  readonly next: State;
}

/** A step with the state that it leads to. */
export interface KnownStep extends Step {
  readonly next: State;
}

/** A state in which a device waits, with the steps that are known from there. */
export class State {
  readonly #try: (mailAt: readonly Millis[]) => Trial | undefined;
  readonly #stateAfter: (trial: Trial) => State | undefined;
  #undisturbed: KnownStep | undefined;
  #pieces: readonly Piece[] = [];

  /**
   * @param try_ tries a step with messages at these instants, counted from its start
   * @param stateAfter gives the state at the end of a trial
   */
  constructor(try_: (mailAt: readonly Millis[]) => Trial | undefined, stateAfter: (trial: Trial) => State | undefined) {
    this.#try = try_;
    this.#stateAfter = stateAfter;
  }

  /** The step without mail; `undefined` when it can't be known. */
  get undisturbed(): KnownStep | undefined {
    return (this.#undisturbed ??= this.#learn());
  }

  /** The step with so many messages, the first of which comes so long after its start; `undefined` likewise. */
  stepWith(mailAt: Millis, messages: number): KnownStep | undefined {
    const piece = this.#pieces.find(({ untilMs }) => mailAt < untilMs);
    if (piece === undefined) return undefined;
    const known = piece.steps[messages - 1];
    if (known !== undefined) return known;
    const [early, late] = [this.#tryEarly(piece, messages), this.#tryLate(piece, messages)];
    if (early === undefined || late === undefined) return undefined;
    const step = stepOf(early, late);
    if (step === undefined && messages > 1) return undefined;
    if (step !== undefined) return this.#keep(piece, messages, step, this.#stateAfter(early));
    this.#cut(piece, early);
    return this.stepWith(mailAt, messages);
  }

  #keep(piece: Piece, messages: number, step: Step, next: State | undefined): KnownStep | undefined {
    if (next === undefined) return undefined;
    const known = { ...step, next };
    piece.steps[messages - 1] = known;
    return known;
  }

  #learn(): KnownStep | undefined {
    const trial = this.#try([]);
    const step = trial === undefined ? undefined : stepOf(trial, trial);
    const next = trial === undefined ? undefined : this.#stateAfter(trial);
    if (trial === undefined || step === undefined || next === undefined) return undefined;
    const borders = [...new Set(trial.dueAt)];
    this.#pieces = borders.map((untilMs, index) => ({ fromMs: borders[index - 1] ?? 0, untilMs, steps: [] }));
    return { ...step, next };
  }

  #tryEarly({ fromMs }: Piece, messages: number): Trial | undefined {
    return this.#try(Array.from({ length: messages }, () => fromMs));
  }

  /** The last millisecond for the first message, and the last of the step for the others. */
  #tryLate({ untilMs, steps }: Piece, messages: number): Trial | undefined {
    const first = untilMs - 1;
    const before = steps[messages - 2];
    const others = before === undefined ? first : Math.max(instantOf(before.end, 0, first) - 1, first);
    return this.#try(Array.from({ length: messages }, (_, index) => (index === 0 ? first : others)));
  }

  /** Cuts a piece where messages begin to do something else than at its start. */
  #cut(piece: Piece, early: Trial): void {
    const { fromMs, untilMs } = piece;
    let [alikeMs, otherMs] = [fromMs, untilMs - 1];
    while (otherMs - alikeMs > 1) {
      const middleMs = Math.floor((alikeMs + otherMs) / 2);
      const trial = this.#try([middleMs]);
      if (trial === undefined || stepOf(early, trial) === undefined) otherMs = middleMs;
      else alikeMs = middleMs;
    }
    const parts = [
      { fromMs, untilMs: otherMs, steps: [] },
      { fromMs: otherMs, untilMs, steps: [] },
    ];
    this.#pieces = this.#pieces.flatMap((each) => (each === piece ? parts : each));
  }
}

/** A range of a step, in ms from its start, in which a first message moves what it causes and changes nothing else. */
interface Piece {
  readonly fromMs: Millis;
  readonly untilMs: Millis;
  /** By the number of messages less 1. */
  readonly steps: KnownStep[];
}
