import { COMMANDS } from "../../src/cli/commands.ts";
import { noteText } from "../../src/cli/output.ts";
import { run } from "../../src/cli/run.ts";
import type { Finished, Surroundings } from "../cli/idlewall.ts";

/** Whether a command is at work in a directory of its own, which is the whole process's. */
let away = false;

/**
 * Runs a command in this process, with nothing of its environment but what is given: what the built command does in a
 * tenth of its time. Help and version go to this process's own stdout, and want a process of their own.
 * @param surroundings with a `cwd`, one command at a time: it is the process's
 */
export async function say(args: readonly string[], { cwd, env = {} }: Surroundings = {}): Promise<Finished> {
  if (cwd === undefined) return await saidHere(args, env);
  if (away) throw new Error("another command is at work in a directory of its own");
  const home = process.cwd();
  away = true;
  process.chdir(cwd);
  try {
    return await saidHere(args, env);
  } finally {
    process.chdir(home);
    away = false;
  }
}

async function saidHere(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Finished> {
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
      note: (text) => void (said.stderr += `${noteText(text)}\n`),
      outlive: () => undefined,
    },
  });
  return { code, ...said };
}
