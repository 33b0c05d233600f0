import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { listProfiles, loadProfile, shippedNames } from "../../src/live/profile-files.ts";
import { LARGEST_FILE_BYTES } from "../../src/live/text-file.ts";
import { formatDuration } from "../../src/profile/durations.ts";
import { idleTimeoutsOf } from "../../src/profile/idle-timeouts.ts";

const FIRST = [
  "carrier-13min",
  "carrier-13min-firewall-30min",
  "direct",
  "firewall-15min",
  "firewall-30min",
  "firewall-default",
];

const directory = mkdtempSync(path.join(tmpdir(), "idlewall-"));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: string | Uint8Array): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

describe("the shipped profiles", () => {
  test("keep the names and figures of the first six", () => {
    const lines = FIRST.map((name) => {
      const conditions = loadProfile(name).hops.flatMap(idleTimeoutsOf);
      const told = conditions.map(
        (each) => `${formatDuration(each.idleTimeoutMs)} ${JSON.stringify(each.atExpiry.toDevice)}`,
      );
      return [name, told.join(", ")];
    });
    expect(lines).toEqual([
      ["carrier-13min", '13m "drop"'],
      ["carrier-13min-firewall-30min", '13m "drop", 30m "reset"'],
      ["direct", ""],
      ["firewall-15min", '15m "drop"'],
      ["firewall-30min", '30m "drop"'],
      ["firewall-default", '8m "drop"'],
    ]);
  });

  test("are listed all, by name", () => {
    expect(listProfiles().map(({ name }) => name)).toEqual(shippedNames());
    expect(shippedNames()).toEqual(expect.arrayContaining(FIRST));
  });

  test.each(shippedNames())("%s is named like its file", (name) => {
    expect(loadProfile(name).name).toBe(name);
  });
});

describe("a profile that is not shipped", () => {
  test("is read from its file", () => {
    const file = fileOf("own.yaml", "name: own\ntitle: a\nsource: b\nhops: []\n");
    expect(loadProfile(file)).toMatchObject({ name: "own" });
  });

  test("may have a byte order mark before it", () => {
    expect(loadProfile(fileOf("bom.yaml", "\uFEFFname: own\ntitle: a\nsource: b\nhops: []\n")).name).toBe("own");
  });

  test("has its faults told with the file as it was named", () => {
    const file = fileOf("bad.yaml", "name: own\ntitle: a\nhops: []\n");
    expect(() => loadProfile(file)).toThrow(`${file}:1:1: source is missing, expected text`);
  });

  test.each([
    ["a missing file", () => path.join(directory, "none.yaml"), /none.yaml: there is no such file$/u],
    ["a file below a file", () => `${fileOf("leaf.yaml", "")}/x.yaml`, /there is no such file$/u],
    ["a directory", () => `${directory}/`, /found a directory, expected a file$/u],
    [
      "bytes that are no text",
      () => fileOf("bytes.yaml", Uint8Array.of(0x41, 0xff, 0x00)),
      /no UTF-8, expected text$/u,
    ],
    ["UTF-16", () => fileOf("wide.yaml", Uint8Array.of(0xff, 0xfe, 0x41, 0)), /found UTF-16, expected text in UTF-8$/u],
    ["binary data", () => fileOf("zeros.yaml", Uint8Array.of(65, 0, 65)), /found binary data, expected text$/u],
    [
      "a huge file",
      () => fileOf("huge.yaml", new Uint8Array(LARGEST_FILE_BYTES + 1)),
      /found 1048577 bytes, expected 1048576 bytes at most$/u,
    ],
  ])("is refused when it is %s", (_, file, message) => {
    const name = file();
    expect(() => loadProfile(name)).toThrow(expect.objectContaining({ code: "E_FILE_UNREADABLE", name: "UsageError" }));
    expect(() => loadProfile(name)).toThrow(message);
  });
});

describe("an unknown name", () => {
  test("is answered with where the names stand, the nearest, and how to name a file", () => {
    expect(() => loadProfile("carier-13min")).toThrow(expect.objectContaining({ code: "E_PROFILE_UNKNOWN" }));
    expect(() => loadProfile("carier-13min")).toThrow(
      /found the profile name "carier-13min", expected one of `idlewall profiles list`, or a file such as .\/my-path.yaml; did you mean carrier-13min\?$/u,
    );
  });

  test.each(["", "..", "constructor", "profile.schema"])("can't be %j either", (name) => {
    expect(() => loadProfile(name)).toThrow(expect.objectContaining({ code: "E_PROFILE_UNKNOWN" }));
  });

  test("that is a file's beside us is answered with how to write it", () => {
    expect(() => loadProfile("LICENSE")).toThrow(/to name the file beside you, write .\/LICENSE$/u);
  });
});
