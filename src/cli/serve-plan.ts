import { UsageError } from "../errors.ts";
import { parseAddress, readAddress } from "../live/address.ts";
import type { EmulatorPlan, ListenerPlan } from "../live/emulator-plan.ts";
import type { Profile } from "../path/hop.ts";
import { draftEntry, fileListeners } from "./file-listeners.ts";
import { draftHttps, draftTcp, type HttpsDraftArguments, type ListenerDraft } from "./listener-drafts.ts";
import { ofOption } from "./of-option.ts";
import { type Given, type PATH_OPTIONS, profileFrom } from "./options.ts";
import type { Teller } from "./output.ts";
import { quickNames, splitTcp } from "./tcp-option.ts";

/** What `serve` is asked to be. */
export interface ServeArguments extends HttpsDraftArguments, Given<typeof PATH_OPTIONS> {
  readonly config?: string | undefined;
  readonly tcp?: readonly string[] | undefined;
  readonly "toxiproxy-api"?: string | undefined;
}

/** What command line and configuration file ask for. */
export interface ServeDraft {
  readonly listeners: readonly ListenerDraft[];
  readonly applyTo: "new" | "all";
}

/**
 * Drafts what command line and configuration file ask for: the listener of `--target` or `--backend`, then those of
 * `--tcp`, then the file's.
 * @throws EmulatorError what is wrong with the first faulty one
 */
export function draftServe(args: ServeArguments): ServeDraft {
  const profile = profileFrom(args);
  const { entries, folder, applyTo } = fileListeners(args.config);
  const surroundings = { folder, profile, certs: args.certs, taken: namesOfOptions(args), probing: args };
  const written = entries.map((entry) => draftEntry(entry, surroundings));
  const listeners = [...mainDraft(args, profile), ...quickDrafts(args.tcp ?? [], profile), ...written];
  if (listeners.length > 0 || args["toxiproxy-api"] !== undefined) return { listeners, applyTo };
  throw nothingAsked();
}

/** Says that nothing was asked for. */
export function nothingAsked(): UsageError {
  return new UsageError(
    "E_USAGE",
    "expected --target, the URL of the Client Access server, or --tcp, --toxiproxy-api, or listeners in a --config file",
  );
}

/** The names of the listeners that options describe, as far as they can be read. */
export function namesOfOptions(args: ServeArguments): readonly string[] {
  const listens = (args.tcp ?? []).flatMap((text) => readAddress(text.split("=")[0] ?? "") ?? []);
  return [...(isMainAsked(args) ? [MAIN] : []), ...quickNames(listens.map(({ port }) => port))];
}

/**
 * Makes a draft into a plan; certificates of our own are made where none are given, and what is to be told of them is
 * told once, for however many listeners.
 */
export async function planFrom(
  { listeners, applyTo }: ServeDraft,
  seed: number,
  teller: Teller,
): Promise<EmulatorPlan> {
  const plans: ListenerPlan[] = [];
  const told = new Set<string>();
  const note = (text: string): void => {
    if (!told.has(text)) teller.note(text);
    told.add(text);
  };
  for (const draft of listeners) plans.push(await draft.plan({ note }));
  return { listeners: plans, seed, applyTo };
}

function mainDraft(args: ServeArguments, profile: Profile): readonly ListenerDraft[] {
  return isMainAsked(args) ? [draftHttps(MAIN, args, profile)] : [];
}

/** The name of the listener of `--target` or `--backend`. */
const MAIN = "https";

/** Whether options describe that listener. */
export function isMainAsked({ target, backend, forward }: ServeArguments): boolean {
  return target !== undefined || backend !== undefined || forward === "rewrite";
}

function quickDrafts(texts: readonly string[], profile: Profile): readonly ListenerDraft[] {
  const quick = texts.map(splitTcp);
  const names = quickNames(quick.map(({ listen }) => ofOption("tcp", () => parseAddress(listen)).port));
  return quick.map((place, index) =>
    ofOption("tcp", () => draftTcp({ name: names[index] ?? "tcp", ...place, profile })),
  );
}
