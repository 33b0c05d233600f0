import { UsageError } from "../../errors.ts";
import type { ApiEvent, EventKind } from "./event-schemas.ts";

/** The events of one kind. */
export type EventOf<Kind extends EventKind> = Extract<ApiEvent, { readonly kind: Kind }>;

/** How long to wait. */
export interface Patience {
  /** In real ms, from 0; default 30 s; `Infinity` for as long as it takes. */
  readonly timeoutMs?: number;
}

/** How long to wait for an event, and from where on. */
export interface WaitSettings extends Patience {
  /** Looks at events behind the one with this number, 0 for all that are kept; default: at what comes. */
  readonly after?: number;
}

/**
 * How long somebody waits, in real ms.
 * @throws UsageError E_USAGE it is no time
 */
export function timeoutFrom({ timeoutMs = DEFAULT_TIMEOUT_MS }: Patience): number {
  if (timeoutMs >= 0) return timeoutMs;
  throw new UsageError("E_USAGE", `found timeoutMs ${timeoutMs}, expected ms from 0 on, or Infinity`);
}

const DEFAULT_TIMEOUT_MS = 30_000;
