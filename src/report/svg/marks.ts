import { element, type Markup, together } from "../markup.ts";
import { label, line, textWidth } from "./picture.ts";
import type { Scale } from "./scale.ts";

/** A value on the horizontal axis that is to be told apart. */
export interface Mark {
  /** In what the axis counts. */
  readonly at: number;
  readonly text: string;
  readonly kind: MarkKind;
}

/** Whose value it is: the one set today, the recommended one, or both at once. */
export type MarkKind = "today" | "recommended";

/** Where marks stand, in px. */
export interface MarkFrame {
  readonly width: number;
  readonly scale: Scale;
  /** Where the upper one of two rows of texts stands. */
  readonly textY: number;
  readonly bottom: number;
}

/** What one or two rows of texts take, in px. */
export const MARK_ROW_PX = 13;

const FONT_PX = 11;
const GAP_PX = 4;

/**
 * Marks as lines with their texts above, in two rows at most: no text meets another one or a line of another mark.
 * The left mark's text lies to its left where there is room, the right one's to its right; where both turn to the same
 * side, the one that is further from it stands in the upper row.
 */
export function drawMarks(marks: readonly Mark[], frame: MarkFrame): Markup {
  const [left, right] = marks.toSorted((one, other) => one.at - other.at);
  if (left === undefined) return together();
  const leftX = frame.scale(left.at);
  const leftTurns = right !== undefined && hasRoomLeft(left, leftX) ? "left" : sideOf(left, leftX, frame);
  if (right === undefined) return drawMark(left, leftTurns, 1, frame);
  const rightTurns = sideOf(right, frame.scale(right.at), frame);
  const rightIsUpper = rightTurns === "left" && leftTurns === "left";
  return together(
    drawMark(left, leftTurns, rightIsUpper ? 1 : 0, frame),
    drawMark(right, rightTurns, rightIsUpper ? 0 : 1, frame),
  );
}

type Side = "left" | "right";

function sideOf({ text }: Mark, x: number, { width }: MarkFrame): Side {
  return x + GAP_PX + textWidth(text, FONT_PX) <= width ? "right" : "left";
}

function hasRoomLeft({ text }: Mark, x: number): boolean {
  return x - GAP_PX - textWidth(text, FONT_PX) >= 0;
}

function drawMark({ at, text, kind }: Mark, side: Side, row: 0 | 1, frame: MarkFrame): Markup {
  const x = frame.scale(at);
  const y = frame.textY + row * MARK_ROW_PX;
  const from = { x, y: y - FONT_PX + 2 };
  return element(
    "g",
    { class: kind },
    line(from, { x, y: frame.bottom }, "mark"),
    side === "left" ? label(x - GAP_PX, y, text, { anchor: "end" }) : label(x + GAP_PX, y, text, { anchor: "start" }),
  );
}
