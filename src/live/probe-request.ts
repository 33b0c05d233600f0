import type { RequestHead } from "../http/message.ts";
import { PROBE_PATH } from "./probe-path.ts";

/** What a request of a prober asks for. */
export type ProbeRequest =
  /** What is there: version of the protocol, time scale, limits. */
  | { readonly kind: "hello" }
  /** Silence until `answer` is asked for on another connection. */
  | { readonly kind: "wait"; readonly id: string }
  /** Bytes at once, and every so many real ms, until `answer` is asked for on another connection. */
  | { readonly kind: "stream"; readonly id: string; readonly everyMs: number }
  /** Has a waiting probe answered, and tells what is known of it. */
  | { readonly kind: "answer"; readonly id: string }
  /** Tells what is known of a probe. */
  | { readonly kind: "report"; readonly id: string }
  | { readonly kind: "unknown" };

/** Shortest time between the bytes of a stream, in real ms, so that none of them costs what a flood would. */
export const SHORTEST_STREAM_MS = 100;

/** Reads what a prober asks for; everything that is not asked as docs/probe.md says is unknown. */
export function readProbeRequest({ target }: Pick<RequestHead, "target">): ProbeRequest {
  const url = new URL(target, "http://probe");
  const word = url.pathname.slice(PROBE_PATH.length);
  if (word === "" || word === "/") return { kind: "hello" };
  const id = url.searchParams.get("id") ?? "";
  if (!/^[\w-]{1,64}$/u.test(id)) return { kind: "unknown" };
  switch (word) {
    case "/wait":
      return { kind: "wait", id };
    case "/answer":
      return { kind: "answer", id };
    case "/report":
      return { kind: "report", id };
    case "/stream": {
      const everyMs = Number(url.searchParams.get("everyMs"));
      const fits = Number.isInteger(everyMs) && everyMs > 0 && everyMs < 2 ** 31;
      return fits ? { kind: "stream", id, everyMs } : { kind: "unknown" };
    }
    default:
      return { kind: "unknown" };
  }
}

/** How the first bytes of a connection begin when it is a prober's. */
const BEGINNINGS = ["GET", "POST"].map((method) => `${method} ${PROBE_PATH}`);

/** Whether a connection that began so is a prober's; `undefined` while that can't be told. */
export function isProbing(bytes: Uint8Array): boolean | undefined {
  const text = Buffer.from(bytes.subarray(0, 64)).toString("latin1");
  if (BEGINNINGS.some((beginning) => text.startsWith(beginning))) return true;
  return BEGINNINGS.some((beginning) => beginning.startsWith(text)) ? undefined : false;
}
