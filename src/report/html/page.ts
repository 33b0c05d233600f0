import { element, type Markup } from "../markup.ts";
import type { Report } from "../report.ts";
import { recommendationSentence } from "../summary.ts";
import { timeOutWords } from "../numbers.ts";
import { liveSections } from "./live-sections.ts";
import { sizeSections } from "./size-sections.ts";
import { PAGE_STYLE } from "./style.ts";

/** A report as one page that needs nothing else: no script, no font, no picture from outside. */
export function htmlReport(report: Report): string {
  const { size, live, version } = report;
  const title = titleOf(report);
  const head = element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "generator", content: `idlewall ${version}` }),
    element("title", {}, title),
    style(PAGE_STYLE),
  );
  const body = element(
    "body",
    {},
    element(
      "main",
      {},
      element("h1", {}, title),
      size === undefined ? undefined : element("p", { class: "lead" }, recommendationSentence(size.result)),
      size === undefined ? [] : sizeSections(size),
      live === undefined ? [] : liveSections(live),
    ),
    element("footer", {}, element("p", { class: "quiet" }, `Made by idlewall ${version}.`)),
  );
  return `<!doctype html>\n${element("html", { lang: "en" }, head, body).markup}\n`;
}

/** What a report is about, in a line. */
export function titleOf({ size, live }: Report): string {
  if (size === undefined) return live === undefined ? "Nothing to report" : `What ${live.url} has seen`;
  return `Firewall idle time-out for Direct Push: ${timeOutWords(size.result.recommendation.advisedSeconds)}`;
}

/** A style of ours stands as it is: in HTML nothing in it is escaped. */
function style(css: string): Markup {
  return { markup: `<style>${css}</style>` };
}
