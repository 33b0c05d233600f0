import { expect, test } from "vitest";
import { csv } from "../../src/report/csv.ts";

test("cells are in quotes where they need them, and empty where nothing is known", () => {
  expect(
    csv(
      ["a", 'b "c", d'],
      [
        [1.5, true],
        [null, undefined],
        ["x\ny", ""],
      ],
    ),
  ).toBe('a,"b ""c"", d"\r\n1.5,true\r\n,\r\n"x\ny",\r\n');
});

test.each(["=1+1", "+1", "-1", "@a", "\t=1"])("the text %j is no formula to a spreadsheet", (text) => {
  expect(csv([text], [])).toBe(`'${text}\r\n`);
});

test("a negative number stays a number", () => expect(csv(["a"], [[-1]])).toBe("a\r\n-1\r\n"));
