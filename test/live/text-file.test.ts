import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkWritable, LARGEST_FILE_BYTES, readBytes, readText, writeText } from "../../src/live/text-file.ts";

const directory = mkdtempSync(path.join(tmpdir(), "idlewall-text-"));
afterAll(() => rmSync(directory, { recursive: true }));

function pipe(name: string): string {
  const file = path.join(directory, name);
  expect(spawnSync("sh", ["-c", 'mkfifo "$0"', file]).status).toBe(0);
  return file;
}

test("a file is read whole, up to 1 MiB", () => {
  const file = path.join(directory, "large");
  const bytes = Buffer.alloc(LARGEST_FILE_BYTES, "abc");
  writeFileSync(file, bytes);
  expect(readBytes(file).equals(bytes)).toBe(true);
});

test("a device that never ends is read no further", () => {
  expect(() => readBytes("/dev/zero")).toThrow("/dev/zero: found more, expected 1048576 bytes at most");
});

test("a device without anything is an empty file", () => {
  expect(readText("/dev/null")).toBe("");
});

test("a pipe is read to its end, as a shell's <(...) is", async () => {
  const file = pipe("written");
  const writer = spawn("sh", ["-c", 'printf one > "$0"', file]);
  expect(readText(file)).toBe("one");
  await once(writer, "close");
});

test("a pipe that nobody writes to is not waited for without end", () => {
  expect(() => readBytes(pipe("silent"), 20)).toThrow(/silent: nothing came from it in 0\.02 s$/u);
});

test("a place is found fit to be written exactly where it can be, and is left as it was", () => {
  const at = (name: string): string => path.join(directory, name);
  writeFileSync(at("there"), "mine");
  writeFileSync(at("write-only"), "mine");
  chmodSync(at("write-only"), 0o200);
  mkdirSync(at("folder"));
  symlinkSync(at("target"), at("dangling"));
  symlinkSync(at("loop"), at("loop"));
  symlinkSync(at("nowhere/target"), at("astray"));
  const codeOf = (act: () => void): unknown => {
    try {
      act();
      return "fit";
    } catch (error) {
      return error instanceof Error && "code" in error ? error.code : error;
    }
  };
  const names = ["new", "there", "write-only", "folder", "dangling", "loop", "astray", "nowhere/new"];
  for (const name of names) {
    for (const force of [false, true]) {
      const checked = codeOf(() => checkWritable(at(name), force));
      expect([name, force, existsSync(at("new")), existsSync(at("target"))]).toEqual([name, force, false, false]);
      const written = codeOf(() => writeText(at(name), name === "write-only" ? "mine" : name, force));
      expect([name, force, checked]).toEqual([name, force, written]);
      if (name === "new" || name === "dangling") rmSync(at(name === "new" ? "new" : "target"), { force: true });
    }
  }
  expect(readFileSync(at("there"), "utf8")).toBe("there");
});
