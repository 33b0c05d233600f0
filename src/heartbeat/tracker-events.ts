import type { Millis } from "../core/machine.ts";
import type { AlertView } from "./alert.ts";
import type { Bracket, BoundsState } from "./bounds.ts";
import type { DeviceIdentity, WaitingCommand } from "./events.ts";
import type { NegotiationState } from "./followed.ts";

/** What a tracker finds in what devices do. */
export type TrackerEvent =
  /** An answer that counted as held, or as changes, has not reached its device: the network in front of us lost it. */
  | ({
      readonly kind: "unheard";
      /** The number of the exchange that it answered. */
      readonly exchange: number;
      /** What that asked; `undefined` when that is not known. */
      readonly heartbeatIntervalSeconds: number | undefined;
      readonly silenceSeconds: number;
    } & FoundInDevice)
  /** A device has two requests parked at once. */
  | ({ readonly kind: "collided" } & FoundInDevice)
  /** A device asks without pause. */
  | ({ readonly kind: "stormBegan" } & FoundInDevice)
  | ({ readonly kind: "stormEnded" } & FoundInDevice)
  | { readonly kind: "alertRaised" | "alertCleared"; readonly alert: AlertView; readonly at: Millis }
  /** The path of a network has a wall, or a shorter or longer one than before. */
  | {
      readonly kind: "wallFound" | "wallLifted";
      readonly network: string;
      readonly bracket: Bracket;
      readonly at: Millis;
    };

/** What is found in one device. */
export interface FoundInDevice {
  readonly device: DeviceIdentity;
  readonly command: WaitingCommand;
  readonly at: Millis;
}

/** Figures of a tracker, each kept as events come: none takes longer with more devices. */
export interface TrackerFigures {
  readonly commands: Readonly<Record<WaitingCommand, CommandFigures>>;
  /** Networks followed now, by what is known of their path. */
  readonly networks: Readonly<Record<BoundsState, number>>;
  /** The shortest wall of all networks; `undefined` when none has one. */
  readonly shortestWall: Bracket | undefined;
  /** Devices forgotten so far, each command counting as one, because others were seen later. */
  readonly forgottenDevices: number;
  readonly forgottenNetworks: number;
}

/** Figures of one command. */
export interface CommandFigures {
  /** Devices followed now, by where their negotiation stands. */
  readonly devices: Readonly<Record<NegotiationState, number>>;
  readonly alert: AlertView;
  /** Requests so far that the server refused at once: they tried no interval. */
  readonly refused: number;
  /** Answers so far that did not reach their device. */
  readonly unheard: number;
  readonly collisions: number;
  /** Storms that began so far. */
  readonly storms: number;
  /** Devices that storm now. */
  readonly storming: number;
}
