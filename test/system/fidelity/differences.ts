import type { Side } from "./observations.ts";
import type { FidelityEnding, Middle } from "./stage.ts";

/** Where a difference shows: scenario, and what stands at which end. */
export interface Place {
  readonly scenario: string;
  readonly middle: Middle;
  readonly ending: FidelityEnding;
  readonly side: Side;
}

/** A way in which idlewall is known to differ from a Linux firewall. */
export interface Difference {
  readonly id: string;
  /** How idlewall runs where it shows. */
  readonly mode: "user" | "kernel";
  readonly reason: string;
  readonly places: readonly Place[];
}

/** Every difference that the scenarios show; `docs/fidelity.md` lists the same ones. */
export const DIFFERENCES: readonly Difference[] = [
  {
    id: "acknowledged",
    mode: "user",
    reason:
      "the kernel below idlewall acknowledges what an end sends into a flow that was dropped, so the end that a firewall leaves to give up waits on",
    places: [
      ...dropped("the device sends after expiry", "device"),
      ...dropped("the server sends after expiry", "server"),
      ...dropped("silence about as long as the time-out", "server"),
      ...dropped("both send after expiry", "device", "server"),
      ...dropped("the device ends its side after expiry", "device"),
      ...dropped("two requests, the pause between them longer", "device"),
      ...dropped("300 flows, and all devices send after expiry", "device"),
      ...dropped("a segment is lost, and retransmitted after expiry", "device"),
    ],
  },
  {
    id: "keepalive-unseen",
    mode: "user",
    reason:
      "a keepalive probe carries nothing, so a process never hears of it: a flow that probes keep alive behind a firewall expires here",
    places: [
      ...inBoth("the device's keepalive is shorter than the time-out", "device"),
      ...reset("the device's keepalive is shorter than the time-out", "server"),
      ...inBoth("the server's keepalive is shorter than the time-out", "device"),
      ...reset("the server's keepalive is shorter than the time-out", "server"),
    ],
  },
  {
    id: "keepalive-answered",
    mode: "user",
    reason:
      "the kernel below idlewall answers probes on a flow that has expired, so an end that would find it dead, or be reset, does not",
    places: inBoth("the device's keepalive is longer than the time-out", "device"),
  },
];

function dropped(scenario: string, ...sides: readonly Side[]): readonly Place[] {
  return sides.map((side) => ({ scenario, middle: "user", ending: "drop", side }));
}

function reset(scenario: string, ...sides: readonly Side[]): readonly Place[] {
  return sides.map((side) => ({ scenario, middle: "user", ending: "reset-on-next", side }));
}

function inBoth(scenario: string, ...sides: readonly Side[]): readonly Place[] {
  return [...dropped(scenario, ...sides), ...reset(scenario, ...sides)];
}
