import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { exportedHop } from "../../src/cli/commands/profiles/exported-hop.ts";
import { listProfiles } from "../../src/live/profile-files.ts";
import { endingName, type EndingName } from "../../src/path/condition.ts";
import { idleTimeoutsOf } from "../../src/profile/idle-timeouts.ts";
import { REPRODUCTIONS } from "../../src/report/exports/formats.ts";
import type { ExportEnds, ExportedHop } from "../../src/report/exports/subject.ts";
import { commonEnding } from "../../src/report/exports/subject.ts";
import { type ExportFolder, content, exportFolder, exportTo } from "../support/exports.ts";

type Format = keyof typeof REPRODUCTIONS;

/** Which formats say which ending, as docs/profiles.md has it. */
const SAYS: Readonly<Record<EndingName, readonly Format[]>> = {
  drop: ["nftables", "toxiproxy"],
  "reset-on-next": ["nftables", "toxiproxy"],
  reset: ["toxiproxy"],
  close: ["haproxy", "envoy", "toxiproxy"],
  respond: ["haproxy", "nginx", "envoy"],
};

const FORMATS: readonly Format[] = ["nftables", "haproxy", "nginx", "envoy", "toxiproxy"];

const hops = listProfiles().flatMap((profile) =>
  profile.hops
    .filter((hop) => idleTimeoutsOf(hop).length === 1)
    .map((hop): ExportedHop => exportedHop(profile, hop.name)),
);
const cases = hops.flatMap((hop) => {
  const ending = commonEnding(hop.atExpiry);
  const formats = hop.refreshedBy === "either" && ending !== undefined ? SAYS[endingName(ending)] : [];
  return FORMATS.map((format) => ({
    name: `${hop.profile}, hop ${hop.hop}`,
    hop,
    format,
    said: formats.includes(format),
  }));
});

let made: ExportFolder;
let ends: ExportEnds;

beforeAll(async () => {
  made = await exportFolder();
  ends = {
    listen: { host: undefined, port: 8443 },
    target: { host: "127.0.0.1", port: 9443, secure: true },
    certificate: made.pem,
    key: made.pem,
  };
});
afterAll(() => rmSync(made.folder, { recursive: true }));

test("every format that shows a hop is checked here", () => {
  expect(FORMATS).toEqual(Object.keys(REPRODUCTIONS));
});

test("every shipped profile but the two that need it has a hop to export", () => {
  const without = listProfiles().filter(({ name }) => !hops.some((hop) => hop.profile === name));
  expect(without.map(({ name }) => name)).toEqual(["direct", "dlink-netdefendos"]);
});

test("only what one direction alone restarts has no format at all", () => {
  const silent = hops.filter((hop) => !cases.some((each) => each.hop === hop && each.said));
  expect(silent.map(({ profile }) => profile)).toEqual(["twilio-super-sim"]);
});

test.each(cases.filter(({ said }) => !said))("$format refuses $name, and says which hop it is", ({ hop, format }) => {
  expect(REPRODUCTIONS[format](hop, ends)).toMatchObject({
    kind: "refusal",
    reason: expect.stringMatching(new RegExp(`^found .* at hop ${hop.hop}, expected `, "u")),
  });
});

function sayable(format: Format) {
  return cases.filter((each) => each.said && each.format === format);
}

describe("nft takes, checks and loads", () => {
  test.each(sayable("nftables"))("$name", async ({ hop }) => {
    const file = exportTo(made, "nftables", hop, ends);
    expect(await content("unshare", "--net", "nft", "-c", "-f", file)).toBe("");
    const loaded = await content(
      "unshare",
      "--net",
      "sh",
      "-c",
      'nft -f "$0" && nft -f "$0" && nft list ruleset',
      file,
    );
    /** The list leaves out what is the kernel's default already, such as 300 s of `unack`. */
    const policy = /policy = \{(.*)\}/u.exec(loaded)?.[1] ?? "";
    const seconds = new Set([...policy.matchAll(/ : (\d+)/gu)].map((match) => Number(match[1])));
    expect(seconds).toEqual(new Set([hop.idleTimeoutMs / 1000]));
    expect(loaded.match(/^table /gmu)).toHaveLength(1);
  });
});

describe("haproxy takes, without a warning,", () => {
  test.each(sayable("haproxy"))("$name", async ({ hop }) => {
    const told = await content("haproxy", "-c", "-dW", "-f", exportTo(made, "haproxy", hop, ends));
    expect(told).toContain("Configuration file is valid");
  });
});

describe("nginx takes", () => {
  test.each(sayable("nginx"))("$name", async ({ hop }) => {
    const file = exportTo(made, "nginx", hop, ends);
    const pid = `pid ${path.join(made.folder, "nginx.pid")};`;
    const told = await content("nginx", "-t", "-p", made.folder, "-e", "stderr", "-g", pid, "-c", file);
    expect(told).toContain("test is successful");
    expect(told).not.toContain("[warn]");
  });
});

/** Envoy is not in Debian: what its file says stands in the unit tests, here that each is YAML with both parts. */
describe("envoy's file is YAML with a listener and a cluster for", () => {
  test.each(sayable("envoy"))("$name", ({ hop }) => {
    expect(parse(readFileSync(exportTo(made, "envoy", hop, ends), "utf8"))).toMatchObject({
      static_resources: { listeners: [{ name: "idlewall" }], clusters: [{ name: "mail" }] },
    });
  });
});

/** What it asks for stands in the unit tests, here that a shell reads it. */
describe("sh reads toxiproxy's script for", () => {
  test.each(sayable("toxiproxy"))("$name", async ({ hop }) => {
    const file = exportTo(made, "toxiproxy", hop, ends);
    expect(await content("sh", "-n", file)).toBe("");
    expect(readFileSync(file, "utf8")).toContain(`"timeout":${hop.idleTimeoutMs},`);
  });
});
