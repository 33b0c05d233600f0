import { UsageError, withoutCredentials } from "../../errors.ts";
import { readText, writeText } from "../../live/text-file.ts";
import { CSV_TABLES, csvReport, type CsvTable, usualTable } from "../../report/csv-report.ts";
import { htmlReport } from "../../report/html/page.ts";
import type { Report } from "../../report/report.ts";
import { svgReport } from "../../report/svg-report.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { laddersOf } from "../ladders.ts";
import { liveStateOf } from "../live-state.ts";
import { clientFrom, SERVER_OPTIONS } from "../server.ts";
import { readSizeResult } from "../size-result-reading.ts";
import { readStdin } from "../stdin.ts";
import { version } from "../version.ts";

/** How each format is written. */
const FORMATS = {
  html: htmlReport,
  svg: svgReport,
  csv: tableFrom,
  json: (report: Report) => `${JSON.stringify(report)}\n`,
} as const;

type Format = keyof typeof FORMATS;

/** `idlewall report`: what `size` found, or what a running idlewall has seen, to read, print and hand on. */
export const report = defineCommand({
  command: "report [file]",
  describe: "Make a page, a picture or a table of what size found, or of what a running idlewall has seen",
  options: {
    format: { type: "string", choices: Object.keys(FORMATS), default: "html", describe: "What to make" },
    table: {
      type: "string",
      choices: CSV_TABLES,
      describe: "Which table a CSV is; default time-outs, of a running idlewall alone requests",
    },
    output: { type: "string", describe: "File to write, in place of standard output" },
    force: { type: "boolean", describe: "Replace that file if it is there already" },
    url: { type: "string", describe: "URL of the admin server of a running idlewall, to tell what it has seen" },
    "token-file": SERVER_OPTIONS["token-file"],
  },
  positionals: {
    file: {
      type: "string",
      describe: "What size --json has printed; - for standard input, which is read without --url too",
    },
  },
  run: async ({ file, url, output: target, force, format, table, "token-file": tokenFile }, output) => {
    if (table !== undefined && format !== "csv")
      throw new UsageError("E_USAGE", `--table is one of a CSV: found --format ${format}, expected --format csv`);
    if (force === true && target === undefined)
      throw new UsageError("E_USAGE", "--force replaces the file of --output: found none, expected --output beside it");
    const text = await textFrom(file, url);
    const result = text === undefined ? undefined : readSizeResult(text, nameOf(file));
    const client = url === undefined ? undefined : clientFrom({ url, "token-file": tokenFile });
    const live = client && (await liveStateOf(client, withoutCredentials(url ?? ""), new Date()));
    const whole: Report = {
      version: version(),
      ...(result !== undefined && { size: { result, ladders: laddersOf(result) } }),
      ...(live !== undefined && { live }),
    };
    const written = FORMATS[formatFrom(format)](whole, table);
    if (target === undefined) output.result(written.replace(/\n$/u, ""));
    else writeText(target, written, force === true);
    return EXIT.done;
  },
});

/** One table as CSV; yargs has checked its name. */
function tableFrom(whole: Report, name: string | undefined): string {
  const table: CsvTable = CSV_TABLES.find((each) => each === name) ?? usualTable(whole);
  const written = csvReport(whole, table);
  if (written !== undefined) return written;
  const expected = table === "time-outs" ? "a result of size to make it of" : "--url of a running idlewall";
  throw new UsageError("E_USAGE", `--table: found ${table}, expected ${expected}`);
}

/** What `size` has printed: of a file, or of standard input where neither a file nor a server is named. */
async function textFrom(file: string | undefined, url: string | undefined): Promise<string | undefined> {
  if (!isStdin(file)) return readText(file);
  if (file === undefined && url !== undefined) return undefined;
  if (process.stdin.isTTY)
    throw new UsageError("E_USAGE", "found nothing to report, expected a file that size --json has made, or --url");
  return await readStdin(process.stdin);
}

function nameOf(file: string | undefined): string {
  return isStdin(file) ? "standard input" : file;
}

/** A dash alone comes out of yargs as an empty text (18.2). */
function isStdin(file: string | undefined): file is "" | "-" | undefined {
  return file === undefined || file === "-" || file === "";
}

/** Which format is meant; yargs has checked the word. */
function formatFrom(word: string): Format {
  return word === "svg" || word === "csv" || word === "json" ? word : "html";
}
