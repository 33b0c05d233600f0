// The frame of a figure: checks what it needs, runs it, keeps its raw numbers, prints its table.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { missingPrograms } from "./programs.js";
import { interleaved } from "./rounds.js";
import { makeStage } from "./stage.js";
import { table } from "./table.js";

const RESULTS = fileURLToPath(new URL("../results/", import.meta.url));

/**
 * Runs one figure and writes `bench/results/NAME.json`.
 * `--quick` takes fewer and shorter rounds and keeps nothing; `--rounds N` sets their number; `--only NAME,NAME` the proxies.
 */
export async function figure(name, { programs, rounds = 5, key = "ecdsa" }, run) {
  const missing = missingPrograms([...programs, "openssl", "taskset", "prlimit"]);
  if (missing.length > 0) {
    console.log(`${name}: not taken\n  ${missing.join("\n  ")}`);
    process.exitCode = 1;
    return;
  }
  const quick = process.argv.includes("--quick");
  const count = Number(option("--rounds") ?? (quick ? 1 : rounds));
  const only = option("--only")?.split(",");
  const stage = makeStage(key);
  const startedAt = new Date().toISOString();
  const frame = {
    stage,
    quick,
    rounds: count,
    interleaved: (names, measure) =>
      interleaved(
        names.filter((each) => only?.includes(each) ?? true),
        count,
        async (each, turn) => {
          const row = await measure(each, turn);
          console.log(`  ${name} ${turn + 1}/${count} ${each} ${JSON.stringify(row)}`);
          return row;
        },
      ),
  };
  const result = await run(frame).finally(() => stage.remove());
  console.log(`\n${name}\n${table(result).join("\n")}\n`);
  if (quick || only !== undefined) return;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(
    path.join(RESULTS, `${name}.json`),
    `${JSON.stringify({ figure: name, startedAt, machine: machine(), rounds: count, ...result }, undefined, 1)}\n`,
  );
}

function option(flag) {
  const index = process.argv.indexOf(flag);
  return index < 0 ? undefined : process.argv[index + 1];
}

function machine() {
  const [first] = cpus();
  return {
    processor: first?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    linux: release(),
    node: process.version,
    openssl: process.versions.openssl,
  };
}
