import type { Millis } from "../core/machine.ts";
import type { FlowSeen, PathFinding, ServerReport } from "./path-finding.ts";

/** What a flow is for. */
export type ProbeRole =
  | "silent"
  /** Silent until the end, when the device speaks on it. */
  | "mute"
  | "toServer"
  | "toDevice"
  | "keepalive";

/** What happens to the flows of a search. */
export type SearchEvent =
  | { readonly kind: "start" }
  /** The flow's last byte for a while has been sent: its silence begins. */
  | { readonly kind: "opened"; readonly id: number }
  /** The flow did not come about, or was cut before its silence began; nothing follows from it. */
  | { readonly kind: "failed"; readonly id: number }
  /** The server has surely spoken on the flow by now: follows every `speak`, however late, if not `unasked`. */
  | { readonly kind: "spoken"; readonly id: number }
  /** The server could not be asked to speak on the flow: nothing follows from it. */
  | { readonly kind: "unasked"; readonly id: number }
  | { readonly kind: "ended"; readonly id: number; readonly how: FlowSeen }
  /** Answers `inspect`; without a report nothing is known. */
  | { readonly kind: "inspected"; readonly id: number; readonly report: ServerReport | undefined };

/** What a search asks for. */
export type SearchEffect =
  | { readonly kind: "open"; readonly id: number; readonly role: ProbeRole; readonly silenceMs: Millis | undefined }
  /** Has the server speak on a flow. */
  | { readonly kind: "speak"; readonly id: number }
  /** Has the device speak on a flow. */
  | { readonly kind: "say"; readonly id: number }
  | { readonly kind: "inspect"; readonly id: number }
  | { readonly kind: "close"; readonly id: number }
  | { readonly kind: "found"; readonly aliveMs: Millis; readonly deadMs: Millis | undefined }
  | { readonly kind: "concluded"; readonly finding: PathFinding };
