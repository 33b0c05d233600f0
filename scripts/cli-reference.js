// Prints docs/cli.md from what `--help` of the built command says; `npm run docs` writes it there.
import { COMMANDS } from "../dist/cli/commands.js";
import { run } from "../dist/cli/run.js";

const SILENT = { colours: false, terminal: false, result: () => {}, json: () => {}, note: () => {} };

/** Every command has these. */
const COMMON = new Set(["help", "version", "config", "log-level"]);

const HEAD = `# Commands

Written by \`npm run docs\` from what \`--help\` says; a test holds the two together.

Every command also takes \`--help\`, \`--config FILE\` (YAML, its options by name) and \`--log-level\` (silent, error, warn,
info, debug, trace). Any option can stand in a variable: \`IDLEWALL_IDLE_TIMEOUT\` for \`--idle-timeout\`. A flag wins over a
variable, a variable over the file; a variable of that prefix that stands for no option is told. Durations carry a unit:
\`13m\`, \`350s\`. Results go to standard output, everything else to standard error.
`;

console.log([HEAD, ...(await chapters([]))].join("\n").trimEnd());

/** @param {readonly string[]} words @returns {Promise<string>} */
async function help(words) {
  const told = [];
  const { log } = console;
  console.log = (text) => told.push(text);
  try {
    const code = await run({ args: [...words, "--help"], env: {}, output: SILENT, commands: COMMANDS });
    /** A command that can't be loaded would be left out of the page, and the test would agree. */
    if (code !== 0) throw new Error(`${["idlewall", ...words, "--help"].join(" ")} ended with exit code ${code}`);
  } finally {
    console.log = log;
  }
  return told.join("\n");
}

/** @param {readonly string[]} words @returns {Promise<readonly string[]>} */
async function chapters(words) {
  const text = await help(words);
  const commands = rows(text, "Commands").map(([usage]) => [...words, usage?.split(" ")[words.length + 1] ?? ""]);
  const nested = [];
  for (const command of commands) nested.push(...(await chapters(command)));
  return nested.length > 0 ? nested : [chapter(text)];
}

/** @param {string} text */
function chapter(text) {
  const [usage = "", , describe = ""] = text.split("\n");
  const title = usage.split(" ").filter((word) => /^[a-z]/u.test(word));
  const positionals = rows(text, "Positionals").map(([name, means]) => [`\`${name}\``, ...meaning(means)]);
  const options = rows(text, "Options").map(([flags, means]) => [flags?.match(/--([\w-]+)/u)?.[1] ?? "", means]);
  const own = options.filter(([name]) => !COMMON.has(name ?? ""));
  const lines = [...positionals, ...own.map(([name, means]) => [`\`--${name}\``, ...meaning(means)])];
  const table = [
    "| option | takes | default | means |",
    "| --- | --- | --- | --- |",
    ...lines.map((row) => `| ${row.join(" | ")} |`),
  ];
  return [`## ${title.join(" ")}`, "", `${describe}.`, "", `    ${usage}`, "", ...table, ""].join("\n");
}

/** What yargs writes behind a name: its description, then type, choices and default in brackets. @param {string} [text] */
function meaning(text = "") {
  const notes = [...text.matchAll(/ \[((?:[^[\]]|\[[^\]]*\])*)\]/gu)].map((match) => match[1] ?? "");
  const fallback = notes.find((note) => note.startsWith("default: "))?.slice("default: ".length);
  const required = notes.includes("required") ? "required" : "";
  const type = notes.find((note) => ["string", "number", "boolean", "array"].includes(note)) ?? "string";
  const choices = notes
    .find((note) => note.startsWith("choices: "))
    ?.slice("choices: ".length)
    .replaceAll('"', "");
  const takes = choices ?? { boolean: "nothing", array: "text, repeated", string: "text", number: "a number" }[type];
  const shown =
    fallback === undefined || fallback === "[]" || fallback === '""' ? required : `\`${fallback.replaceAll('"', "")}\``;
  return [takes, shown, text.replace(/ {2}\[.*$/u, "").replaceAll("|", "\\|")];
}

/** The lines of a section, as name and rest. @param {string} text @param {string} section */
function rows(text, section) {
  const body = text.split(`${section}:\n`)[1]?.split("\n\n")[0] ?? "";
  return body
    .split("\n")
    .filter((line) => line.startsWith("  "))
    .map((line) => line.trim().split(/ {2,}(.*)/u));
}
