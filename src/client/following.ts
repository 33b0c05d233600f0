import type { ApiEvent, EventKind } from "../control/api/event-schemas.ts";
import { SHAPES } from "../control/api/shapes.ts";
import type { Millis } from "../core/machine.ts";
import { EmulatorError } from "../errors.ts";
import type { Asking } from "./asking.ts";
import { readBlocks } from "./event-source.ts";

/** Which events to follow. */
export interface FollowSettings {
  /** All kinds when absent; a gap is told whatever is asked for. */
  readonly kinds?: readonly EventKind[];
  /**
   * Begins behind the event with this number, 0 for all that are kept, or with this id (`newestEventId` of `about`), which
   * no other run of the server has; default: with what comes.
   */
  readonly after?: number | string;
  /** Carries device ids, where the server allows it. */
  readonly reveal?: "device";
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** How often a server that was lost is looked for before it is given up, and how long in between, in ms. */
const MOST_ATTEMPTS = 5;
const RETRY_MS: Millis = 1000;

/**
 * Follows events until it is left or aborted; a connection that breaks is made anew, and goes on where it broke.
 * @throws EmulatorError E_API_UNREADABLE an event is none that this version knows
 * @throws EmulatorError E_API_UNREACHABLE the server is not there, or did not come back
 */
export async function* follow(asking: Asking, settings: FollowSettings): AsyncGenerator<ApiEvent, void> {
  const leave = new AbortController();
  const { signal } = leave;
  const onAbort = (): void => leave.abort();
  if (settings.signal?.aborted === true) return;
  settings.signal?.addEventListener("abort", onAbort);
  let last: string | undefined;
  let failures = 0;
  try {
    while (!signal.aborted) {
      try {
        for await (const { id, data } of readBlocks(await open(asking, settings, last, signal))) {
          failures = 0;
          last = id ?? last;
          if (data !== undefined) yield asking.read(SHAPES.event, data, "/events");
        }
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        if (isFinal(error, last, failures)) throw error instanceof EmulatorError ? error : asking.unreachable(error);
      }
      await pause(signal);
    }
  } finally {
    settings.signal?.removeEventListener("abort", onAbort);
    leave.abort();
  }
}

/** Whether it is of no use to try again: the server refuses, was never there, or has been away for long. */
function isFinal(error: unknown, last: string | undefined, failures: number): boolean {
  if (failures >= MOST_ATTEMPTS) return true;
  return error instanceof EmulatorError && (error.code !== "E_API_UNREACHABLE" || last === undefined);
}

async function open(
  asking: Asking,
  { kinds, reveal, after }: FollowSettings,
  last: string | undefined,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const answer = await asking.ask({
    path: "/events",
    query: { kinds: kinds?.join(","), reveal, after },
    headers: { accept: "text/event-stream", ...(last !== undefined && { "last-event-id": last }) },
    signal,
  });
  if (answer.body === null) throw new Error("the answer has no body");
  return bytesUntil(signal, answer.body);
}

/**
 * The bytes of a body until it ends or the signal aborts. Aborting a `fetch` alone does not end a read that waits once
 * its Response has been collected (measured, Node 20.20), and nothing but its body is kept here.
 */
async function* bytesUntil(signal: AbortSignal, body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", cancel);
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, RETRY_MS);
    signal.addEventListener("abort", end);
  });
}
