import fc from "fast-check";
import { expect, test } from "vitest";
import { element, escaped, together } from "../../src/report/markup.ts";
import { pictureOf } from "../support/pictures.ts";

test("an element holds elements, texts and numbers, and leaves out what is absent", () => {
  const inner = element("b", { class: undefined, x: 1 / 3 }, "a", 2, undefined, [element("i"), "<"]);
  expect(together(inner, element("br")).markup).toBe('<b x="0.33">a2<i></i>&lt;</b><br>');
});

test("a text can close neither a tag nor a quote", () => {
  expect(escaped(`<a href="b" c='d'>&`)).toBe("&lt;a href=&quot;b&quot; c=&#39;d&#39;&gt;&amp;");
});

test("any text comes back from a picture as it was, but for what XML can't hold", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const back = pictureOf(element("text", { x: text }, "|", text).markup).textContent ?? "";
      expect(back.slice(1).replaceAll("\u{FFFD}", "?")).toBe(
        text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").replaceAll(NOT_XML, "?"),
      );
    }),
  );
});

const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFC}\u{10000}-\u{10FFFF}]/gu;
