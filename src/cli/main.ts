#!/usr/bin/env node
import { hideBin } from "yargs/helpers";
import { COMMANDS } from "./commands.ts";
import { EXIT } from "./exit-codes.ts";
import { errorText, processOutput } from "./output.ts";
import { run } from "./run.ts";

const output = processOutput();

/** What nobody awaited is a fault of ours; Node's own exit code for it would read as a failed expectation. */
process.on("uncaughtException", (error) => {
  output.note(errorText(error, process.env["IDLEWALL_DEBUG"] !== undefined));
  process.exit(EXIT.internal);
});

/** The code is only set: the process ends by itself when all is written and closed. */
process.exitCode = await run({ args: hideBin(process.argv), env: process.env, output, commands: COMMANDS });
