import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const TSC = path.join(PROJECT, "node_modules/typescript/bin/tsc");

/** What a consumer of the library writes; it says with its types what it expects of ours. */
const CONSUMER = `
import { listProfiles, oneHopProfile, parseDuration, runVirtually, deviceModel, type Profile, type TraceRow } from "idlewall";
import type { ApiEvent, EventOf, Rig } from "idlewall";

const profile: Profile = oneHopProfile({ idleTimeoutMs: parseDuration("13m") });
const model = deviceModel("windows-mobile");
export const waiting = (rig: Rig): Promise<EventOf<"ended">> => rig.waitFor("ended");
export const kindOf = (event: ApiEvent): string => event.kind;
const rows: TraceRow[] = [];
const scenario = { hops: profile.hops, model, settings: model.defaults, deviceCount: 1, mailAt: [], durationMs: 3_600_000, seed: 1 };
runVirtually(scenario, (row) => rows.push(row));
console.log(JSON.stringify({ profiles: listProfiles().length, outcomes: rows.map((row) => row.outcome) }));
`;

const CONFIG = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: "es2023",
    module: "nodenext",
    types: ["node"],
    typeRoots: [path.join(PROJECT, "node_modules/@types")],
  },
  files: ["consumer.mts"],
};

const run = promisify(execFile);
const root = mkdtempSync(path.join(tmpdir(), "idlewall-package-"));
const consumer = path.join(root, "consumer");
const command = path.join(consumer, "node_modules/.bin/idlewall");
afterAll(() => rmSync(root, { recursive: true }));

/** The tarball as it would be published, installed where nothing else is. */
beforeAll(async () => {
  mkdirSync(consumer);
  const { stdout } = await run("npm", ["pack", "--json", "--silent", "--pack-destination", root], { cwd: PROJECT });
  expect(stdout).toContain("dist/index.js");
  const tarball = readdirSync(root).find((name) => name.endsWith(".tgz")) ?? "";
  writeFileSync(path.join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  await run("npm", ["install", "--omit=dev", "--prefer-offline", "--no-audit", "--no-fund", path.join(root, tarball)], {
    cwd: consumer,
  });
});

test("the tarball holds what runs and what is read, and no sources, tests or keys", async () => {
  const { stdout } = await run("npm", ["pack", "--json", "--silent", "--dry-run"], { cwd: PROJECT });
  const files = [...stdout.matchAll(/"path":\s*"([^"]+)"/gu)].map((match) => match[1]);
  for (const file of ["README.md", "LICENSE", "CHANGELOG.md", "dist/cli/main.js", "dist/index.d.ts"])
    expect(files).toContain(file);
  expect(files).toContain("profiles/carrier-13min.yaml");
  for (const file of ["grafana/dashboards/overview.json", "prometheus/prometheus.yml", "prometheus/rules/alerts.yml"])
    expect(files).toContain(`deploy/${file}`);
  const deployed =
    "deploy/(?:grafana/(?:dashboards|provisioning)|prometheus/rules)/|deploy/prometheus/prometheus\\.yml$";
  const come = new RegExp(`^(?:dist|docs|profiles)/|^(?:${deployed})|^[A-Za-z.]+$`, "u");
  const strangers = files.filter((file) => !come.test(file ?? ""));
  expect(strangers).toEqual([]);
});

test("the pages that come along point only to what comes along", () => {
  const installed = path.join(consumer, "node_modules/idlewall");
  const pages = [
    "README.md",
    "CHANGELOG.md",
    ...readdirSync(path.join(installed, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];
  const targets = pages.flatMap((page) =>
    [...readFileSync(path.join(installed, page), "utf8").matchAll(/\]\((?!https?:)([^)#]+)/gu)].map((match) =>
      path.join(path.dirname(page), match[1] ?? ""),
    ),
  );
  expect(targets).toContain("docs/library.md");
  expect(targets.filter((target) => !existsSync(path.join(installed, target)))).toEqual([]);
});

test("the command tells the version of the package", async () => {
  const described = readFileSync(path.join(PROJECT, "package.json"), "utf8");
  const { stdout } = await run(command, ["--version"]);
  expect(described).toContain(`"version": "${stdout.trim()}"`);
});

test("the command finds the profiles that come with it", async () => {
  const { stdout } = await run(command, ["profiles", "list", "--json"], { cwd: root });
  expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ name: "carrier-13min" }));
});

test("the library runs, and its types fit a strict consumer that has Node's own", async () => {
  writeFileSync(path.join(consumer, "consumer.mts"), CONSUMER);
  writeFileSync(path.join(consumer, "tsconfig.json"), JSON.stringify(CONFIG));
  await run(process.execPath, [TSC, "--project", consumer]);
  const { stdout } = await run(process.execPath, ["consumer.mjs"], { cwd: consumer });
  const profiles = readdirSync(path.join(PROJECT, "profiles")).filter((name) => name.endsWith(".yaml")).length;
  expect(JSON.parse(stdout)).toEqual({ profiles, outcomes: ["expired", "held", "held", "expired"] });
});
