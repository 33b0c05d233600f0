import type { Millis } from "../core/machine.ts";

/** How far a device's search has come. */
export interface Search {
  readonly settled: boolean;
  readonly heartbeatIntervalSeconds: number;
}

/** What happens at one instant of a device's course. */
export interface Moment {
  readonly at: Millis;
  /** The intervals of the waiting requests that the device sends, in s. */
  readonly asked: readonly number[];
  /** All requests that it sends, those among them. */
  readonly requests: number;
  readonly connections: number;
  /** Exchanges of which it is known from now on that the path failed them. */
  readonly failed: number;
  /** Whether anything crosses the device's radio. */
  readonly radio: boolean;
  /** Where the search stands after an exchange's end; `undefined` when none ended. */
  readonly search: Search | undefined;
  /** Messages that the device hears of, those that came first. */
  readonly heard: number;
  /** How many more requests the server holds than before. */
  readonly parked: number;
  /** How many more flows the firewall remembers than before. */
  readonly entries: number;
}
