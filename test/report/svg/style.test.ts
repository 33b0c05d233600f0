import { expect, test } from "vitest";
import { PICTURE_STYLE } from "../../../src/report/svg/style.ts";

const [light = "", dark = ""] = PICTURE_STYLE.split(/@media screen[^{]*\{/u);

/** The colour of a property in the last rule of a scheme that names this class. */
function colour(scheme: string, selector: string, property: string): string {
  const rules = [...scheme.matchAll(/([^{}]+)\{([^}]*)\}/gu)].filter(([, names = ""]) =>
    names.split(",").some((name) => name.trim().endsWith(selector)),
  );
  const [, , declarations = ""] = rules.findLast(([, , each = ""]) => each.includes(`${property}: #`)) ?? [];
  return new RegExp(`(?:^|[ ;])${property}: (#[0-9a-f]{6})`, "u").exec(declarations)?.[1] ?? "none";
}

/** Contrast of two colours, 1 to 21. Source: WCAG 2.1, relative luminance and contrast ratio. */
function contrast(one: string, other: string): number {
  const [light1 = 0, dark1 = 0] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (light1 + 0.05) / (dark1 + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.each([
  [".bar-held", "fill"],
  [".bar-changes", "fill"],
  [".bar-failed", "stroke"],
  [".cross", "stroke"],
  [".bar-open", "stroke"],
  [".first .curve", "stroke"],
  [".second .curve", "stroke"],
  [".third .curve", "stroke"],
  [".mark", "stroke"],
])("%s stands out from its paper, in light and dark", (selector, property) => {
  for (const scheme of [light, dark])
    /** WCAG 2.1, 1.4.11: 3 to 1 for what a graphic is understood by. */
    expect(contrast(colour(scheme, selector, property), colour(scheme, ".paper", "fill"))).toBeGreaterThanOrEqual(3);
});

test.each(["text", "text.quiet"])("the words of %s can be read, in light and dark", (selector) => {
  for (const scheme of [light, dark])
    /** WCAG 2.1, 1.4.3. */
    expect(contrast(colour(scheme, selector, "fill"), colour(scheme, ".paper", "fill"))).toBeGreaterThanOrEqual(4.5);
});
