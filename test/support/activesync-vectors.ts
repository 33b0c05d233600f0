import facts from "../activesync/vectors.json" with { type: "json" };
import { hex } from "./activesync-bytes.ts";

/** The bytes of one of the WBXML vectors. */
export function vector(id: string): Uint8Array {
  const found = facts.vectors.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no vector ${id}`);
  return hex(found.hex);
}
