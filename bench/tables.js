// Puts the tables of the kept results into docs/performance.md, each between the marks of its figure.
// With --check it writes nothing, and exits with 1 when the page holds others.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withTables } from "./support/page.js";

const PAGE = fileURLToPath(new URL("../docs/performance.md", import.meta.url));

const page = readFileSync(PAGE, "utf8");
const made = withTables(page);
if (!process.argv.includes("--check")) writeFileSync(PAGE, made);
else if (made !== page) {
  console.error("docs/performance.md holds other tables than bench/results: run node bench/tables.js");
  process.exitCode = 1;
}
