import { readFileSync, readlinkSync } from "node:fs";
import { runNft } from "./nft.ts";

/** What a table of ours says of the process that made it; a pid alone says little once it is given to another. */
export function ownerComment(): string {
  return `idlewall pid=${process.pid} started=${startedAt(process.pid) ?? ""} namespace=${pidNamespace()}`;
}

/** A name for a table of this process that no other table has. */
export async function freeTableName(): Promise<string> {
  const taken = await ourTables();
  const name = `idlewall_${process.pid}`;
  let count = 1;
  while (taken.includes(count === 1 ? name : `${name}_${count}`)) count += 1;
  return count === 1 ? name : `${name}_${count}`;
}

/**
 * Removes tables whose process is gone, as after a crash. Those of another process namespace, such as another
 * container's on the same network, can't be judged from here and stay.
 */
export async function sweepTables(): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const table of await ourTables()) if (isOrphan(await commentOf(table))) gone.push(table);
  if (gone.length > 0) await runNft(["-f", "-"], gone.map((table) => `delete table inet ${table}\n`).join(""));
  return gone;
}

async function ourTables(): Promise<readonly string[]> {
  const tables = await runNft(["list", "tables", "inet"]);
  return [...tables.matchAll(/^table inet (idlewall_\w+)$/gmu)].map(([, name = ""]) => name);
}

async function commentOf(table: string): Promise<string> {
  const listing = await runNft(["--terse", "list", "table", "inet", table]);
  return /^\s*comment "([^"]*)"/mu.exec(listing)?.[1] ?? "";
}

function isOrphan(comment: string): boolean {
  const [, pid, started, namespace] = /^idlewall pid=(\d+) started=(\d*) namespace=(.*)$/u.exec(comment) ?? [];
  if (pid === undefined || namespace !== pidNamespace()) return false;
  return startedAt(Number(pid)) !== started;
}

/** When a process began, in clock ticks since boot: the 22nd field, counted behind its name. Source: proc(5). */
function startedAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function pidNamespace(): string {
  return readlinkSync("/proc/self/ns/pid");
}
