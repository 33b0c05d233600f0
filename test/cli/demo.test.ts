import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { RunningCommand } from "../support/running-command.ts";

test("the demo tells the documented course live, goes on, and says where to look", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "idlewall-demo-"));
  const args = ["demo", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--time-scale", "3600"];
  await using demo = new RunningCommand(args, directory);
  const [metrics] = await demo.said(/metrics +(\S+)\n/u);
  await demo.said(/serve --listen :8443 --target https:\/\/mail\.example\.com --profile carrier-13min\n/u);
  expect(demo.stdout).toContain("  device ─ nat carrier 13m drop ─ server, seed 1\n");
  const ladder = demo.stdout.split("\n").filter((line) => /^ *\d+:\d\d:\d\d /u.test(line));
  expect(ladder.map((line) => line.trim().split(/ {2,}/u).slice(0, 3).join(" | "))).toEqual([
    "0:00:00 | Ping 15 min | expired on carrier (drop): no answer, given up after 15 min 5 s",
    "0:15:05 | Ping 8 min | held: answered after 8 min, nothing new",
    "0:23:05 | Ping 12 min | changes: answered after 3 min 55 s by new mail",
    "0:27:00 | Ping 12 min | held: answered after 12 min, nothing new",
    "0:39:00 | Ping 16 min | expired on carrier (drop): no answer, given up after 16 min 5 s",
    "0:55:05 | Ping 12 min | held: answered after 12 min, nothing new",
    "1:07:05 | Ping 12 min | held: answered after 12 min, nothing new",
    "1:19:05 | Ping 12 min | held: answered after 12 min, nothing new",
  ]);
  const text = await (await fetch(metrics ?? "")).text();
  expect(text).toContain('idlewall_exchanges_total{command="Ping",outcome="expired"} 2');
  expect(text).toContain('idlewall_late_answers_total{command="Ping"} 2');
  demo.signal("SIGINT");
  expect((await demo.finished()).code).toBe(0);
  rmSync(directory, { recursive: true });
});

test("npm start hands its place over to the demo, so that a signal to it ends that", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "idlewall-start-"));
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const described = new Map<string, unknown>(
    Object.entries(JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).scripts),
  );
  const started = String(described.get("start")).replace("npm run --silent build", "true");
  const args = `--listen 127.0.0.1:0 --admin 127.0.0.1:0 --certs ${directory}`;
  const shell = spawn("sh", ["-c", `${started} ${args}`], { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  await once(shell.stdout, "data");
  shell.kill("SIGTERM");
  expect(await once(shell, "exit")).toEqual([0, null]);
  rmSync(directory, { recursive: true });
});
