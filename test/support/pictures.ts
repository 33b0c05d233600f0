import { DOMParser, Element, type Node } from "@xmldom/xmldom";
import { HtmlValidate } from "html-validate";

/** Everything that the HTML standard has against a page, with its line. */
export async function pageFaults(html: string): Promise<readonly string[]> {
  const rules = {
    "long-title": "off",
    "no-inline-style": "error",
    "require-sri": "error",
  } as const;
  const validate = new HtmlValidate({ extends: ["html-validate:standard", "html-validate:a11y"], rules });
  const { results } = await validate.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ line, message, ruleId }) => `${line}: ${message} (${ruleId})`),
  );
}

/** Whatever in a page or a picture would be fetched from elsewhere, or would run. */
export function outsideReferences(markup: string): readonly string[] {
  const fetching =
    /<(?:script|link|img|image|iframe|object|embed|use|base)\b|\b(?:src|href|srcset|action)=|url\(|@import/gu;
  return [...markup.matchAll(fetching)].map(([found]) => found);
}

/** A picture read as XML; a fault in it is thrown. */
export function pictureOf(svg: string): Element {
  const onError = (level: string, message: string): void => {
    if (level !== "warning") throw new Error(message);
  };
  const root = new DOMParser({ onError }).parseFromString(svg, "image/svg+xml").documentElement;
  if (root === null) throw new Error("the picture is empty");
  return root;
}

/** A text in a picture, as much room as it takes at the least. */
export interface TextBox {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const FONTS: Readonly<Record<string, number>> = { title: 13, heading: 17, lead: 12 };

/** How wide letters of usual fonts are on average, as a share of their height. */
const LETTER = 0.56;

/** Every text of a picture with its place. */
export function textsOf(picture: Element): readonly TextBox[] {
  return [...picture.getElementsByTagName("text")].map((element) => {
    const text = element.textContent ?? "";
    const font = FONTS[element.getAttribute("class") ?? ""] ?? 11;
    const width = text.length * font * LETTER;
    const { x, y } = placeOf(element);
    const anchor = element.getAttribute("text-anchor");
    const left = anchor === "end" ? x - width : anchor === "middle" ? x - width / 2 : x;
    return { text, left, right: left + width, top: y - font * 0.72, bottom: y + font * 0.2 };
  });
}

/** Pairs of texts that lie upon one another. */
export function overlapsIn(picture: Element): readonly string[] {
  const boxes = textsOf(picture);
  return boxes.flatMap((one, index) =>
    boxes.slice(index + 1).flatMap((other) => (meet(one, other) ? [`"${one.text}" and "${other.text}"`] : [])),
  );
}

function meet(one: TextBox, other: TextBox): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function placeOf(element: Element): { readonly x: number; readonly y: number } {
  let [x, y] = [Number(element.getAttribute("x")), Number(element.getAttribute("y"))];
  for (let node: Node | null = element.parentNode; node !== null; node = node.parentNode) {
    const transform = node instanceof Element ? (node.getAttribute("transform") ?? "") : "";
    const [, right, down] = /translate\((\S+) (\S+)\)/u.exec(transform) ?? [];
    [x, y] = [x + Number(right ?? 0), y + Number(down ?? 0)];
  }
  return { x, y };
}
