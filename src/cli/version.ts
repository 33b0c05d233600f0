import { createRequire } from "node:module";

/** The package's own version; its file stands two folders up, in the sources as in the build. */
export function version(): string {
  const described: unknown = createRequire(import.meta.url)("../../package.json");
  return typeof described === "object" && described !== null && "version" in described ? String(described.version) : "";
}
