/**
 * What is known of a flow beside its segments: who is at its device's end, and what it asked last.
 * Requests tell it, so it becomes known while the flow runs, and `command` and `path` change with every request.
 */
export interface FlowFacts {
  readonly deviceId?: string | undefined;
  readonly deviceType?: string | undefined;
  readonly user?: string | undefined;
  /** The ActiveSync command of the latest request, such as `Ping`. */
  readonly command?: string | undefined;
  readonly userAgent?: string | undefined;
  /** The path of the latest request, without its query. */
  readonly path?: string | undefined;
  /** Requests seen so far; 0 before the first. */
  readonly requests: number;
}

/** A flow of which no request was seen. */
export const NO_FACTS: FlowFacts = { requests: 0 };
