import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { COMMAND } from "../../cli/idlewall.ts";
import { inNamespace } from "./namespaces.ts";
import { NAME, type Papers } from "./papers.ts";
import { Command, type CommandOptions, Program } from "./program.ts";

/** Options of a command, by their names; `undefined` leaves one out. */
export type Flags = Readonly<Record<string, string | undefined>>;

/** What `serve --enforce kernel` is told in tests, unless they say otherwise. */
export function flagsOf(papers: Papers, flags: Flags = {}): readonly string[] {
  const all: Flags = {
    enforce: "kernel",
    listen: "127.0.0.1:8443",
    admin: "127.0.0.1:9443",
    target: "https://127.0.0.1:9000",
    "target-ca": papers.file("authority"),
    "idle-timeout": "1s",
    cert: papers.file("cert"),
    key: papers.file("key"),
    drain: "1ms",
    ...flags,
  };
  const given = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  return [...given, "--no-target-check"];
}

/** What tells a `tcp` listener's command line from an `https` one's. */
export const TCP_FLAGS: Flags = {
  tcp: "127.0.0.1:8443=127.0.0.1:9000",
  listen: undefined,
  target: undefined,
  "target-ca": undefined,
  cert: undefined,
  key: undefined,
};

/** `serve` in a namespace, once it serves. */
export async function serveIn(
  namespace: string,
  papers: Papers,
  flags: Flags = {},
  options: CommandOptions = {},
): Promise<Command> {
  const command = new Command(namespace, [COMMAND, "serve", ...flagsOf(papers, flags)], options);
  await command.said("metrics:");
  return command;
}

/** The server of a namespace, once it listens. */
export async function serverIn(namespace: string, { cert, key }: Papers): Promise<Program> {
  const server = new Program(namespace, "server.js", { port: 9000, cert, key });
  await server.said("listening");
  return server;
}

/** A request of a device, and how the server answers it. */
export function ask(atMs: number, ...plan: readonly object[]): object {
  return { atMs, do: "request", plan };
}

/** A device that does as its flows say until the horizon; it still has its flows then. */
export async function deviceIn(
  namespace: string,
  { authority }: Papers,
  horizonMs: number,
  flows: readonly object[],
  host = "127.0.0.1",
): Promise<Program> {
  const device = new Program(namespace, "device.js", { host, port: 8443, name: NAME, authority, horizonMs, flows });
  await device.said("done");
  return device;
}

/** What a device hears that asks, is silent for longer than the time-out, and asks again. */
export async function asksIntoSilence(namespace: string, papers: Papers): Promise<readonly string[]> {
  await using device = await deviceIn(namespace, papers, 4500, [
    { id: "flow", startMs: 0, steps: [ask(0), ask(1500)] },
  ]);
  return device.events.map(({ event }) => event);
}

/** The tables of nftables in a namespace. */
export async function tablesOf(namespace: string): Promise<readonly string[]> {
  const tables = await inNamespace(namespace, "nft", "list", "tables", "inet");
  return [...tables.matchAll(/^table inet (\w+)$/gmu)].map(([, name = ""]) => name);
}

/** A program that is nft itself, until a file `broken` beside it says that it is. */
export const BREAKABLE_NFT = `#!/bin/sh
[ -e "$(dirname "$0")/broken" ] && { echo "nft: it is broken" >&2; exit 1; }
exec /usr/sbin/nft "$@"
`;

/** Ends the one nft that a command keeps running. */
export async function endNft({ pid }: Command): Promise<void> {
  const { stdout } = await promisify(execFile)("pgrep", ["--parent", String(pid), "--exact", "nft"]);
  process.kill(Number(stdout), "SIGKILL");
}
