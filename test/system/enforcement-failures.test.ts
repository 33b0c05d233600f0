import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asksIntoSilence, BREAKABLE_NFT, endNft, serveIn, serverIn, tablesOf } from "./fidelity/enforced.ts";
import { inNamespace, makeNamespace, setKernel, sweepNamespaces } from "./fidelity/namespaces.ts";
import { makePapers, type Papers } from "./fidelity/papers.ts";

let papers: Papers;
let folder: string;
beforeAll(async () => {
  await sweepNamespaces();
  papers = await makePapers("127.0.0.1");
  folder = await mkdtemp(path.join(tmpdir(), "idlewall-nft-"));
  await writeFile(path.join(folder, "nft"), BREAKABLE_NFT);
  await chmod(path.join(folder, "nft"), 0o755);
});
afterAll(async () => {
  await papers[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("an nft that dies while it runs is started anew, and nothing goes unenforced", async () => {
  await using namespace = await makeNamespace("killed");
  await setKernel(namespace.name, { "net.ipv4.tcp_retries2": 1 });
  await using _server = await serverIn(namespace.name, papers);
  await using serving = await serveIn(namespace.name, papers);
  expect(await asksIntoSilence(namespace.name, papers)).toEqual(["ETIMEDOUT"]);
  await endNft(serving);
  expect(await asksIntoSilence(namespace.name, papers)).toEqual(["ETIMEDOUT"]);
  expect(await failuresOf(namespace.name)).toBe(0);
  expect(serving.stderr).not.toContain("nft");
});

test("an nft that can't be started any more is told, flows go on as without it, and serve can still be ended", async () => {
  await using namespace = await makeNamespace("broken");
  await setKernel(namespace.name, { "net.ipv4.tcp_retries2": 1 });
  await using _server = await serverIn(namespace.name, papers);
  await using serving = await serveIn(namespace.name, papers, {}, { programs: folder });
  expect(await asksIntoSilence(namespace.name, papers)).toEqual(["ETIMEDOUT"]);
  await writeFile(path.join(folder, "broken"), "");
  await endNft(serving);
  expect(await asksIntoSilence(namespace.name, papers)).toEqual(["open"]);
  expect(serving.stderr).toMatch(/nft ended: nft: it is broken.*nft failed: flows go on as without --enforce kernel/u);
  expect(await failuresOf(namespace.name)).toBeGreaterThan(0);
  serving.signal("SIGTERM");
  expect(await serving.ended()).toBe(0);
});

test("a table that another program has removed is told, and serve can still be ended", async () => {
  await using namespace = await makeNamespace("flushed");
  await using _server = await serverIn(namespace.name, papers);
  await using serving = await serveIn(namespace.name, papers);
  await inNamespace(namespace.name, "nft", "flush", "ruleset");
  expect(await asksIntoSilence(namespace.name, papers)).toEqual(["open"]);
  expect(serving.stderr).toMatch(/No such file or directory.*nft failed: flows go on as without --enforce kernel/u);
  expect(await failuresOf(namespace.name)).toBeGreaterThan(0);
  serving.signal("SIGTERM");
  expect(await serving.ended()).toBe(0);
  expect(await tablesOf(namespace.name)).toEqual([]);
});

async function failuresOf(namespace: string): Promise<number> {
  const metrics = await inNamespace(namespace, "curl", "--silent", "http://127.0.0.1:9443/metrics");
  return Number(/^idlewall_enforcement_failures_total (\d+)$/mu.exec(metrics)?.[1]);
}
