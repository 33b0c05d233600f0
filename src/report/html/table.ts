import { type Child, element, type Markup } from "../markup.ts";

/** A table with its heading. */
export interface DataTable {
  readonly caption: string;
  readonly columns: readonly { readonly title: string; readonly unit?: string }[];
  readonly rows: readonly TableRow[];
  /** Set in a smaller type, and turned to be scrolled on narrow screens. */
  readonly wide?: boolean;
}

/** A row; its first cell says what it is about. */
export interface TableRow {
  readonly cells: readonly [Child, ...Child[]];
  /** What the row is marked as, in words that stand behind its first cell. */
  readonly mark?: string | undefined;
}

/** A table whose cells know their headings, for readers by ear too. */
export function dataTable({ caption, columns, rows, wide }: DataTable): Markup {
  const head = columns.map(({ title, unit = "" }) =>
    element("th", { scope: "col" }, title, unit === "" ? undefined : element("small", {}, unit)),
  );
  const body = rows.map(({ cells: [first, ...rest], mark }) =>
    element(
      "tr",
      { class: mark === undefined ? undefined : "marked" },
      element("th", { scope: "row" }, first, mark === undefined ? undefined : element("small", {}, mark)),
      rest.map((cell) => element("td", {}, cell)),
    ),
  );
  const table = element(
    "table",
    { class: wide === true ? "wide" : undefined },
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, head)),
    element("tbody", {}, body),
  );
  /** What scrolls must be reached without a mouse (WCAG 2.1, 2.1.1), and say what it is. */
  return element("section", { class: "scroll", tabindex: 0, "aria-label": caption }, table);
}
