import { COMMANDS } from "../../src/cli/commands.ts";
import { run } from "../../src/cli/run.ts";
import type { Finished } from "../cli/idlewall.ts";

/** Runs a command in this process, with nothing of its environment but what is given. */
export async function say(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const said = { stdout: "", stderr: "" };
  const code = await run({
    args,
    env,
    commands: COMMANDS,
    output: {
      colours: false,
      terminal: false,
      result: (text) => void (said.stdout += `${text}\n`),
      json: (value) => void (said.stdout += `${JSON.stringify(value)}\n`),
      note: (text) => void (said.stderr += `${text.replaceAll(/^/gmu, "idlewall: ")}\n`),
      outlive: () => undefined,
    },
  });
  return { code, ...said };
}
