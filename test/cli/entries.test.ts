import { expect, test } from "vitest";
import { nameOf } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { processOutput } from "../../src/cli/output.ts";

const output = processOutput();

test.each(COMMANDS)("help says of $name what the command says of itself", async ({ name, describe, load }) => {
  const command = await load();
  const context = {
    args: [],
    env: {},
    output,
    ended: () => undefined,
    entered: () => undefined,
    read: () => undefined,
  };
  const module = command(context);
  expect([nameOf(module), module.describe]).toEqual([name, describe]);
});
