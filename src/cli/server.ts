import { type Client, connect } from "../client/client.ts";
import { UsageError } from "../errors.ts";
import { readFirstLine } from "../live/text-file.ts";
import { anyOf } from "../profile/words.ts";
import { PLAIN_ENDINGS } from "../path/condition.ts";
import { JSON_OPTION } from "./command.ts";
import { ofOption } from "./of-option.ts";
import type { OptionTable } from "./settings.ts";

/** Which running server a command speaks to. */
export const SERVER_OPTIONS = {
  url: { type: "string", default: "http://127.0.0.1:9443", describe: "URL of the admin server of a running idlewall" },
  "token-file": { type: "string", describe: "File with the token that it was started with" },
  ...JSON_OPTION,
} as const satisfies OptionTable;

/** Which listener of it, for commands that are about one. */
export const LISTENER_OPTION = {
  listener: { type: "string", describe: "Name of the listener, where there are several" },
} as const satisfies OptionTable;

/** Which flows a change reaches. */
export const FLOWS_OPTION = {
  flows: {
    type: "string",
    choices: ["new", "all"],
    default: "new",
    describe: "Whether flows that are there get it too, or new ones only",
  },
} as const satisfies OptionTable;

/** How a flow is to end. */
export const ENDING_OPTION = {
  ending: {
    type: "string",
    choices: PLAIN_ENDINGS,
    default: "reset",
    describe: "What both legs see",
  },
} as const satisfies OptionTable;

/**
 * A client of the server that the options name.
 * @throws UsageError E_ADDRESS_INVALID, E_FILE_UNREADABLE or E_USAGE
 */
export function clientFrom(args: { readonly url: string; readonly "token-file"?: string | undefined }): Client {
  const file = args["token-file"];
  const token = file === undefined ? undefined : tokenIn(file);
  return ofOption("url", () => connect({ url: args.url, token, advice: "--url or IDLEWALL_URL says where" }));
}

/**
 * The listener that is meant: the one that is named, or the only one there is.
 * @throws UsageError E_USAGE there are several, or none
 */
export async function listenerFrom(client: Client, name: string | undefined): Promise<string> {
  if (name !== undefined) return name;
  const names = (await client.listListeners()).map((listener) => listener.name);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  const found = names.length === 0 ? "no listener" : `${names.length} listeners`;
  throw new UsageError("E_USAGE", `found ${found}, expected --listener with ${anyOf(names) || "one that is there"}`);
}

/** Which flows are meant; yargs has checked the word. */
export function flowsFrom(word: string): "new" | "all" {
  return word === "all" ? "all" : "new";
}

/** Which ending is meant; yargs has checked the word. */
export function endingFrom(word: string): "drop" | "reset" | "close" | "reset-on-next" {
  return word === "drop" || word === "close" || word === "reset-on-next" ? word : "reset";
}

/**
 * The token that stands in a file's first line.
 * @throws UsageError E_FILE_UNREADABLE, or E_USAGE there is none
 */
function tokenIn(file: string): string {
  const token = readFirstLine(file).trim();
  if (token === "") throw new UsageError("E_USAGE", `${file}: found no token, expected one in its first line`);
  return token;
}
