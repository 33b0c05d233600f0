import { UsageError } from "../../../errors.ts";
import { parseAddress } from "../../../live/address.ts";
import { loadProfile } from "../../../live/profile-files.ts";
import { parseTarget } from "../../../live/target.ts";
import { writeText } from "../../../live/text-file.ts";
import { anyOf, quoted } from "../../../profile/words.ts";
import { REPAIRS, REPRODUCTIONS } from "../../../report/exports/formats.ts";
import type { ExportFormat } from "../../../report/exports/formats.ts";
import { RECOMMENDED_IDLE_TIMEOUT_MS } from "../../../report/exports/repair.ts";
import type { ExportEnds, Exported, ExportedHop } from "../../../report/exports/subject.ts";
import { JSON_OPTION, defineCommand } from "../../command.ts";
import { durationFrom } from "../../duration-option.ts";
import { EXIT } from "../../exit-codes.ts";
import { ofOption } from "../../of-option.ts";
import { exportedHop } from "./exported-hop.ts";

const FORMATS = [...names(REPRODUCTIONS), ...names(REPAIRS)];
/** What may stand in any of the formats without an escape. */
const PLAIN = /^[\w./:@+-]+$/u;

const ENDS_OPTIONS = {
  listen: { type: "string", default: ":443", describe: "HOST:PORT at which devices call" },
  target: { type: "string", default: "https://mail.example.com", describe: "URL of the Client Access server" },
  cert: { type: "string", default: "/etc/idlewall/mail.pem", describe: "PEM file of the certificate, there" },
  key: { type: "string", default: "/etc/idlewall/mail-key.pem", describe: "PEM file of its key, there" },
} as const;

/** `idlewall profiles export`. */
export const exportCommand = defineCommand({
  command: "export <profile>",
  describe: "Write what shows a hop's time-out in another program, or sets a product's to one that heartbeats survive",
  options: {
    format: {
      type: "string",
      choices: FORMATS,
      demandOption: true,
      describe: `Shows it: ${names(REPRODUCTIONS).join(", ")}. Sets it: ${names(REPAIRS).join(", ")}`,
    },
    hop: { type: "string", describe: "Which hop, where several do something" },
    "idle-timeout": { type: "string", describe: "The value to set, 30m when left out" },
    ...ENDS_OPTIONS,
    output: { type: "string", describe: "File to write, in place of standard output" },
    force: { type: "boolean", describe: "Replace that file" },
    ...JSON_OPTION,
  },
  positionals: { profile: { type: "string", demandOption: true, describe: "Its name or its file" } },
  run: ({ profile: nameOrFile, format, hop: hopName, output: file, force, json, ...rest }, output) => {
    if (file === "") throw usage('--output: found "", expected the name of a file');
    const hop = exportedHop(loadProfile(nameOrFile), hopName);
    const text = textOf(exported(format, hop, rest), format);
    if (file !== undefined) writeText(file, `${text}\n`, force === true);
    if (json === true) output.json({ profile: hop.profile, hop: hop.hop, format, text });
    else if (file === undefined) output.result(text);
    else output.note(`wrote ${file}`);
    return EXIT.done;
  },
});

interface Written extends Readonly<Record<keyof typeof ENDS_OPTIONS, string>> {
  readonly "idle-timeout": string | undefined;
}

function exported(format: ExportFormat, hop: ExportedHop, written: Written): Exported {
  const wanted = written["idle-timeout"];
  if (isRepair(format))
    return REPAIRS[format](
      hop,
      wanted === undefined ? RECOMMENDED_IDLE_TIMEOUT_MS : durationFrom("idle-timeout", wanted),
    );
  if (wanted !== undefined)
    throw usage(`found --idle-timeout beside --format ${format}, which shows the hop's own; ${repairWords()}`);
  return REPRODUCTIONS[format](hop, endsOf(written));
}

function textOf(result: Exported, format: ExportFormat): string {
  if (result.kind === "text") return result.text;
  throw usage(`--format ${format}: ${result.reason}`);
}

function endsOf({ listen: listenText, target: targetText, cert: certificate, key }: Written): ExportEnds {
  const listen = ofOption("listen", () => parseAddress(listenText));
  const { host, port, tls } = ofOption("target", () => parseTarget(targetText));
  for (const [name, value] of Object.entries({ listen: listen.host ?? "*", target: host, cert: certificate, key }))
    if (value !== "*" && !PLAIN.test(value))
      throw usage(`--${name}: found ${quoted(value)}, expected letters, digits and . / : @ + - _ only`);
  return { listen, target: { host, port, secure: tls !== undefined }, certificate, key };
}

function isRepair(format: ExportFormat): format is keyof typeof REPAIRS {
  return format in REPAIRS;
}

function repairWords(): string {
  return `expected it with ${anyOf(names(REPAIRS))}`;
}

function names<Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a table of ours are its names
  return Object.keys(table) as Name[];
}

function usage(message: string): UsageError {
  return new UsageError("E_USAGE", message);
}
