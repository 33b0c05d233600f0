import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { LONGEST_LINE_BYTES, readLines } from "../../src/live/read-lines.ts";

const folder = mkdtempSync(path.join(tmpdir(), "idlewall-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NOTHING = Readable.from([]);

interface Taken {
  readonly lines: readonly string[];
  readonly fault: string | undefined;
}

async function taken(name: string, stdin: Readable = NOTHING): Promise<Taken> {
  const lines: string[] = [];
  const fault = await readLines(name, stdin, {
    line: (text) => lines.push(text),
    tooLong: (limitBytes) => lines.push(`longer than ${limitBytes}`),
  });
  return { lines, fault };
}

function file(name: string, content: string | Uint8Array): string {
  const at = path.join(folder, name);
  writeFileSync(at, content);
  return at;
}

/** Longer than what is read at once, so that lines stand across its edges. */
const MANY = Array.from({ length: 40_000 }, (_, index) => `line ${index} of a log`);

describe("a file", () => {
  test("comes line by line, the last one with or without its end", async () => {
    expect(await taken(file("a", `${MANY.join("\n")}\n`))).toEqual({ lines: MANY, fault: undefined });
    expect(await taken(file("b", MANY.join("\n")))).toEqual({ lines: MANY, fault: undefined });
  });

  test("in gzip is told by its first bytes, of several parts too", async () => {
    const half = Buffer.concat([gzipSync(`${MANY.join("\n")}\n`), gzipSync("and more")]);
    expect(await taken(file("c.log", half))).toEqual({ lines: [...MANY, "and more"], fault: undefined });
  });

  test("whose gzip breaks off gives what stood before, and says so", async () => {
    const whole = gzipSync(MANY.join("\n"));
    const { lines, fault } = await taken(file("d.gz", whole.subarray(0, whole.length / 2)));
    expect(fault).toBe("its gzip breaks off (unexpected end of file)");
    expect(lines.length).toBeGreaterThan(1000);
    expect(lines.slice(0, -1)).toEqual(MANY.slice(0, lines.length - 1));
  });

  test("whose gzip is rubbish says so", async () => {
    const { lines, fault } = await taken(file("e.gz", Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])));
    expect([lines, fault]).toEqual([[], "its gzip breaks off (unknown compression method)"]);
  });

  test.each([
    ["", []],
    ["x", ["x"]],
    ["\u00ef\u00bb\u00bf#Fields", ["#Fields"]],
    ["\r\n\n", ["\r", ""]],
    ["\0\u00ff\u0001\n", ["\u00ff\u0001"]],
    ["\0\0\0", []],
    ["a\n\0\0", ["a"]],
    ["\0\0\n\0b\0c", ["", "b\0c"]],
  ])("of %j is read", async (text, lines) => {
    expect(await taken(file("f", Buffer.from(text, "latin1")))).toEqual({ lines, fault: undefined });
  });

  test("with a line that is too long goes on behind it, in bounded memory", async () => {
    const longest = "x".repeat(LONGEST_LINE_BYTES);
    const beyond = `${longest}y`;
    const endless = "z".repeat(2_000_000);
    const told = `longer than ${LONGEST_LINE_BYTES}`;
    expect(await taken(file("g", ["a", longest, beyond, endless, "b"].join("\n")))).toEqual({
      lines: ["a", longest, told, told, "b"],
      fault: undefined,
    });
    expect((await taken(file("h", endless))).lines).toEqual([told]);
    expect((await taken(file("i", beyond))).lines).toEqual([told]);
  });

  test("counts NULs before a line as nothing, however many, across pieces", async () => {
    const nuls = "\0".repeat(300_000);
    expect((await taken(file("n", `a\n${nuls}b\n${nuls}\nc\n${nuls}`))).lines).toEqual(["a", "b", "", "c"]);
  });

  test.each([
    ["little", "utf16le", "\uFEFFab"],
    ["little", "utf16le", "ab"],
    ["big", "utf16be", "\uFEFFab"],
    ["big", "utf16be", "ab"],
  ] as const)("in UTF-16, %s endian, is refused", async (endian, encoding, text) => {
    const little = Buffer.from(text, "utf16le");
    const wide = file("w", encoding === "utf16le" ? little : little.swap16());
    await expect(taken(wide)).rejects.toMatchObject({
      code: "E_FILE_UNREADABLE",
      message: `${wide}: found UTF-16 (${endian} endian), expected UTF-8 or ANSI, as IIS and idlewall write it`,
    });
    const packed = file("w.gz", gzipSync(little));
    await expect(taken(packed)).rejects.toThrow(`found UTF-16 (${endian} endian)`);
  });

  test("that is missing or a directory is refused", async () => {
    const missing = path.join(folder, "missing");
    const directory = path.join(folder, "directory");
    mkdirSync(directory);
    await expect(taken(missing)).rejects.toMatchObject({
      code: "E_FILE_UNREADABLE",
      message: `${missing}: there is no such file`,
    });
    await expect(taken(directory)).rejects.toMatchObject({
      code: "E_FILE_UNREADABLE",
      message: `${directory}: found a directory, expected a file`,
    });
  });
});

test("standard input is read, gzip byte by byte as well", async () => {
  const bytes = [...gzipSync("one\ntwo")].map((byte) => Buffer.from([byte]));
  expect((await taken("-", Readable.from(bytes))).lines).toEqual(["one", "two"]);
});

test("a failure of the system is passed on as it is", async () => {
  const failure = new Error("the disk is gone");
  const broken = new Readable({ read: () => broken.destroy(failure) });
  await expect(taken("-", broken)).rejects.toBe(failure);
});
