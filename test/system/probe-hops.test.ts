import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { idlewall } from "../cli/idlewall.ts";
import { RunningCommand } from "../support/running-command.ts";

const TIME_SCALE = 60;
const SERVING = ["--admin=127.0.0.1:0", `--time-scale=${TIME_SCALE}`, "--drain=1ms", "--no-target-check"];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "idlewall-hops-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** With a hop of 75 s behind it. */
test.each([
  [45, 30, 52],
  [120, 60, 82],
])("of two idlewalls in a row a probe finds the shorter time-out, the outer one %s s", async (outer, least, most) => {
  const nowhere = "--target=http://127.0.0.1:9";
  const inside = ["--listen=127.0.0.1:0", nowhere, "--allow-probe", "--idle-timeout=75s", "--at-expiry=reset"];
  await using inner = new RunningCommand(["serve", ...inside, ...SERVING], folder);
  const [innerPort] = await inner.said(/devices:\s+https on \S+:(\d+)/u);
  const outside = [`--tcp=127.0.0.1:0=127.0.0.1:${innerPort}`, `--idle-timeout=${outer}s`, "--at-expiry=drop"];
  await using served = new RunningCommand(["serve", ...outside, ...SERVING], folder);
  const [port] = await served.said(/tcp on \S+:(\d+),/u);
  const range = ["--from=30s", "--to=2m30s", "--precision=6s", "--flows=30", `--time-scale=${TIME_SCALE}`];
  const asked = ["probe", `--server=https://127.0.0.1:${port}`, "--insecure", ...range, "--json"];
  const { code, stdout, stderr } = await idlewall(asked);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: "idle-timeout",
    longestAliveSeconds: expect.toSatisfy((seconds: number) => seconds >= least),
    shortestDeadSeconds: expect.toSatisfy((seconds: number) => seconds <= most),
  });
});
