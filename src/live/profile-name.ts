import path from "node:path";

/** Whether a text names a file and not a shipped profile. */
export function looksLikeFile(text: string): boolean {
  return text.includes("/") || text.includes(path.sep) || /\.(?:ya?ml|json)$/iu.test(text);
}
