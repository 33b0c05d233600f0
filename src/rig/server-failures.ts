import type { ServerFailure } from "../live/server-leg.ts";
import { counted } from "../profile/words.ts";

/** A flow that died at the server's side, or could not get there. */
export interface FailedServer extends Pick<ServerFailure, "code" | "message" | "connected"> {
  readonly flow: number;
}

/** Failures kept at most, the latest ones. */
const KEPT_FAILURES = 1000;

/** Flows of a rig that its server failed. */
export class ServerFailures {
  readonly #failures: FailedServer[] = [];
  #count = 0;

  /** Oldest first. */
  get all(): readonly FailedServer[] {
    return this.#failures;
  }

  /** A sentence about them; `undefined` while there is none. */
  get summary(): string | undefined {
    const last = this.#failures.at(-1);
    if (last === undefined) return undefined;
    return `the server failed ${counted(this.#count, "flow")}, the last with ${last.code}: ${last.message}`;
  }

  add(flow: number, { code, message, connected }: ServerFailure): void {
    this.#count += 1;
    if (this.#failures.push({ flow, code, message, connected }) > KEPT_FAILURES) this.#failures.shift();
  }
}
