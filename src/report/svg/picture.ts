import { type Child, element, type Markup } from "../markup.ts";

/** A part of a picture with its size, in px. */
export interface Panel {
  readonly width: number;
  readonly height: number;
  /** A short name, for people. */
  readonly title: string;
  /** What it shows, in sentences, for those who can't see it. */
  readonly description: string;
  readonly content: Markup;
}

/** From this width on a panel is wider than a telephone's screen: there it is rather moved along than made small. In px. */
const WIDE_PX = 400;

/** A panel as an image of its own, to stand in a page; `id` is unique there. */
export function figureOf(panel: Panel, id: string): Markup {
  const { width, height, title, description, content } = panel;
  return element(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      class: width > WIDE_PX ? "wide" : undefined,
      role: "img",
      "aria-labelledby": `${id}-title ${id}-desc`,
    },
    element("title", { id: `${id}-title` }, title),
    element("desc", { id: `${id}-desc` }, description),
    content,
  );
}

/** A group, moved. */
export function moved(x: number, y: number, ...children: readonly Child[]): Markup {
  return element(
    "g",
    { transform: `translate(${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100})` },
    ...children,
  );
}

/** A text at a place. */
export function label(x: number, y: number, text: string, attributes: LabelAttributes = {}): Markup {
  return element("text", { x, y, class: attributes.class, "text-anchor": attributes.anchor }, text);
}

interface LabelAttributes {
  readonly class?: string;
  readonly anchor?: "start" | "middle" | "end";
}

/** A straight line. */
export function line(from: Place, to: Place, className: string): Markup {
  return element("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: className });
}

/** A place in a picture, in px from its upper left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** How wide a text is at most, in px: a little more than DejaVu Sans has, the widest of usual fonts. */
export function textWidth(text: string, fontPx: number): number {
  return text.length * fontPx * 0.64;
}
