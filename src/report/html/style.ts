import { PICTURE_STYLE } from "../svg/style.ts";

/** The style of a page: for screens in light and dark, and for A4 paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1b1b1b; --quiet: #565656; --line: #d0d0d0; --paper: #fff; --soft: #f1f5f9; --strong: #0072b2; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --quiet: #b4b4b4; --line: #444; --paper: #161616; --soft: #232a31; --strong: #6fc1f2; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 70rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); break-after: avoid; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; break-after: avoid; }
p, ul { margin: .5rem 0; max-width: 46rem; }
.lead { font-size: 1.1rem; padding: .75rem 1rem; border-left: 4px solid var(--strong); background: var(--soft); max-width: none; }
.quiet, small, caption { color: var(--quiet); }
pre { padding: .6rem .8rem; background: var(--soft); overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1.25rem 1.5rem; }
.pictures > :only-child { grid-column: 1 / -1; }
.legend .pictures { display: block; max-width: 40rem; }
figure { margin: 0; break-inside: avoid; overflow-x: auto; }
svg { display: block; width: 100%; height: auto; }
@media screen { svg.wide { min-width: 38rem; } }
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
table.wide { font-size: .78rem; }
caption { text-align: left; padding: .25rem 0; }
th, td { padding: .25rem .55rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th small, td small { display: block; font-weight: 400; }
tbody th { font-weight: 600; }
table.wide tbody th, table.wide td { white-space: nowrap; }
tbody th { min-width: 7rem; max-width: 16rem; }
table.wide tbody th { min-width: 0; }
table:not(.wide) td:not(:last-child) { white-space: nowrap; }
@media screen { table:not(.wide) thead th { white-space: nowrap; } table:not(.wide) td:nth-child(n+6):last-child { min-width: 10rem; } }
tr.marked { background: var(--soft); }
tr, table:not(.wide), pre, section[aria-labelledby="ladder"] { break-inside: avoid; }
@page { size: A4; margin: 14mm 12mm; }
@media print {
  body { padding: 0; max-width: none; font-size: 10pt; }
  .pictures { grid-template-columns: 1fr 1fr; gap: 4mm; }
  .scroll { overflow: visible; }
  table { font-size: 8.5pt; }
  table.wide { font-size: 6.6pt; width: 100%; }
  table.wide th, table.wide td { padding: .8mm 1mm; }
  .lead, tr.marked, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2 { margin-top: 6mm; }
}
${PICTURE_STYLE}`;
