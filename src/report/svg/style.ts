/**
 * Colours of pictures, in light and dark, as plain declarations: programs that take SVG into a document know neither
 * variables nor nesting. Hues are those of Okabe and Ito, which colour-blind people tell apart, darker where they would be
 * too light on paper; what differs in hue differs in shape or dash too.
 */
const LIGHT = rules({
  ink: "#1b1b1b",
  quiet: "#565656",
  grid: "#dcdcdc",
  paper: "#ffffff",
  first: "#0072b2",
  second: "#b34e00",
  third: "#00785a",
  changes: "#3a96cf",
  failed: "#b34e00",
});

const DARK = rules({
  ink: "#ececec",
  quiet: "#b4b4b4",
  grid: "#3a3a3a",
  paper: "#161616",
  first: "#6fc1f2",
  second: "#f0a64b",
  third: "#4fd1a5",
  changes: "#2f6f9a",
  failed: "#f0a64b",
});

const SHAPES = `
text { font: 11px system-ui, "DejaVu Sans", sans-serif; }
text.title { font-size: 13px; font-weight: 600; }
text.heading { font-size: 17px; font-weight: 600; }
text.lead { font-size: 12px; }
.curve { fill: none; stroke-width: 1.8; }
.second .curve { stroke-dasharray: 7 3; }
.third .curve { stroke-dasharray: 2 3; }
.band { stroke: none; opacity: 0.18; }
.knee { fill: none; stroke-width: 2; }
.grid, .axis { stroke-width: 1; }
.mark { stroke-width: 1.2; }
.today .mark, .firewall { stroke-dasharray: 5 3; }
.carrier { stroke-dasharray: 1.5 3; }
.firewall, .carrier { stroke-width: 1.6; fill: none; }
.cross { stroke-width: 1.8; fill: none; }
.bar-failed, .bar-other, .bar-open { stroke-width: 1; }
.bar-other { stroke-dasharray: 2 2; }
`;

/** The style of a picture, or of a page with pictures in it. */
export const PICTURE_STYLE = `${SHAPES}${LIGHT}@media screen and (prefers-color-scheme: dark) {\n${DARK}}\n`;

interface Colours {
  readonly ink: string;
  readonly quiet: string;
  readonly grid: string;
  readonly paper: string;
  readonly first: string;
  readonly second: string;
  readonly third: string;
  readonly changes: string;
  readonly failed: string;
}

function rules({ ink, quiet, grid, paper, first, second, third, changes, failed }: Colours): string {
  return `text { fill: ${ink}; }
text.quiet { fill: ${quiet}; }
.paper { fill: ${paper}; }
.grid { stroke: ${grid}; }
.axis { stroke: ${quiet}; }
.mark, .knee, .firewall, .carrier { stroke: ${ink}; }
.first .curve { stroke: ${first}; }
.first .dot, .band.first, .bar-held { fill: ${first}; }
.second .curve { stroke: ${second}; }
.second .dot, .band.second { fill: ${second}; }
.third .curve { stroke: ${third}; }
.third .dot, .band.third { fill: ${third}; }
.bar-changes { fill: ${changes}; }
.bar-changes-dot { fill: ${ink}; }
.bar-failed { fill: ${paper}; stroke: ${failed}; }
.cross { stroke: ${failed}; }
.bar-other, .bar-open { fill: ${paper}; stroke: ${quiet}; }
`;
}
