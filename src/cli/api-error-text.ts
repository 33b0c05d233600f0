import type { ApiError, ApiFault } from "../errors.ts";

/** What a server has against what a command asked, with the key of each fault and what to do about it here. */
export function apiErrorText({ status, message, errors }: ApiError): string {
  if (errors.length > 0) return errors.map(faultText).join("\n");
  return `${message}${HINTS.get(status) ?? ""}`;
}

/** What a person can do whose command was turned away. */
const HINTS: ReadonlyMap<number, string> = new Map([
  [401, " It stands in a file that --token-file or IDLEWALL_TOKEN_FILE names here, and --admin-token-file there."],
  [421, " A name may be asked that --admin-host has given to serve."],
]);

/** Most faults name their key themselves; one in a file has its place there. */
function faultText({ pointer = "", parameter, file, line, column, detail }: ApiFault): string {
  if (file !== undefined) return `${[file, line, column].join(":")}: ${detail}`;
  const keys = pointer.replace("#", "").split("/").slice(1);
  const key = parameter ?? (keys[0] === "condition" ? keys.slice(1) : keys).join(".");
  return key === "" || detail.includes(key) ? detail : `${key}: ${detail}`;
}
