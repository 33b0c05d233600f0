import type { Ending, Endings } from "../../path/condition.ts";
import type { HopKind, ProfileCategory } from "../../path/hop.ts";
import { minutes } from "../ladder.ts";

/** The one idle time-out of a hop, as an export says it in another program's words. */
export interface ExportedHop {
  /** Name of its profile. */
  readonly profile: string;
  readonly source: string;
  /** What its profile says that it is about, whose it is and what it is called there. */
  readonly category?: ProfileCategory | undefined;
  readonly vendor?: string | undefined;
  readonly product?: string | undefined;
  readonly hop: string;
  readonly kind: HopKind;
  readonly idleTimeoutMs: number;
  readonly atExpiry: Endings;
  readonly refreshedBy: "either" | "toServer" | "toDevice";
  readonly refreshedByKeepalive?: boolean;
}

/** Between whom another program is to stand. */
export interface ExportEnds {
  /** Where devices call; `undefined` for every address of the machine. */
  readonly listen: { readonly host: string | undefined; readonly port: number };
  /** The Client Access server. */
  readonly target: { readonly host: string; readonly port: number; readonly secure: boolean };
  /** PEM file of the certificate that devices see, on the machine where the other program runs. */
  readonly certificate: string;
  /** PEM file of its key. */
  readonly key: string;
}

/** The text of an export, or why the format can't say it. */
export type Exported =
  | { readonly kind: "text"; readonly text: string }
  /** What was found and what the format can say. */
  | { readonly kind: "refusal"; readonly reason: string };

/** Writes what shows the same time-out in another program. */
export type Reproduction = (hop: ExportedHop, ends: ExportEnds) => Exported;

/**
 * Writes what sets a product's time-out to `idleTimeoutMs`, in place of the hop's own.
 * @param purpose what the lines are for, in lines; where it is not told, the hop's own time-out and whether they are needed
 */
export type Repair = (hop: ExportedHop, idleTimeoutMs: number, purpose?: readonly string[]) => Exported;

/** Lines as the text of an export. */
export function text(lines: readonly string[]): Exported {
  return { kind: "text", text: lines.join("\n") };
}

/** Why a format can't say something. */
export function refusal(reason: string): Exported {
  return { kind: "refusal", reason };
}

/** A refusal unless both directions restart the timer, which is all that programs other than idlewall count. */
export function refreshRefusal({ hop, refreshedBy }: ExportedHop): Exported | undefined {
  if (refreshedBy === "either") return undefined;
  return refusal(`found refreshedBy: ${refreshedBy} at hop ${hop}, expected either: its timer knows no direction`);
}

/** The words of both legs, for refusals: `toDevice=drop,toServer=reset`. */
export function legWords({ toDevice, toServer }: Endings): string {
  return `toDevice=${wordOf(toDevice)},toServer=${toServer}`;
}

/** One ending for both legs, where they have the same; an answer of a hop goes with a reset of the server's. */
export function commonEnding({ toDevice, toServer }: Endings): Ending | undefined {
  const expected = typeof toDevice === "string" ? toDevice : "reset";
  return toServer === expected ? toDevice : undefined;
}

/** What every export begins with: what it shows and where the figure comes from. */
export function heading({ profile, hop, idleTimeoutMs, atExpiry, source }: ExportedHop): readonly string[] {
  return [
    `idlewall profile ${profile}, hop ${hop}: ${minutes(idleTimeoutMs / 1000)}, then ${legWords(atExpiry)}`,
    `source: ${source.replaceAll(/[\s\p{Cc}]+/gu, " ")}`,
  ];
}

/** Whether a host is an address, not a name: names of targets come from URLs, where only addresses look like these. */
export function isAddress(host: string): boolean {
  return host.includes(":") || /^[\d.]+$/u.test(host);
}

/** A host as it stands before a port or in a URL: an IPv6 address in brackets (RFC 3986, 3.2.2). */
export function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Host and port as most programs write them. */
export function address({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${bracketed(host)}:${port}`;
}

function wordOf(ending: Endings["toDevice"]): string {
  return typeof ending === "string" ? ending : `respond:${ending.respond}`;
}
