/** A duration or an instant in milliseconds; instants are monotonic, from an origin that the scheduler sets. */
export type Millis = number;

/**
 * A state machine without a clock: events and `now` go in, effects come out.
 * Same events at same instants give same effects.
 */
export interface Machine<Event, Effect> {
  handle(event: Event, now: Millis): readonly Effect[];
  /** The instant at which `expire` wants to be called, `undefined` for never. */
  nextDeadline(): Millis | undefined;
  /** Does what is due at `now` and moves or clears the deadline; early or repeated calls do nothing. */
  expire(now: Millis): readonly Effect[];
}
