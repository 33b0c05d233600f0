import { expect } from "vitest";

/** The rows of the table with this heading, cell by cell. */
export function table(text: string, heading: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => cells(line).join("|") === heading);
  expect(start, `no table ${heading}`).toBeGreaterThan(0);
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  return lines.slice(start + 2, length < 0 ? undefined : start + length).map(cells);
}

function cells(line: string): readonly string[] {
  return line.startsWith("|")
    ? line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim())
    : [];
}
