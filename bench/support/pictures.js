// Pictures of profiles, as SVG that stands alone: a flame graph of CPU, and bars of what a heap holds.
const WIDTH = 1200;
const ROW = 17;
/** Narrower frames are left out, in px. */
const NARROWEST = 1.5;
const STYLE =
  "<style>text{font:11px ui-monospace,monospace;fill:#111}.h{font:13px system-ui,sans-serif;fill:#555}@media(prefers-color-scheme:dark){.h,.l{fill:#ccc}}</style>";

/** Where a function is from: its colour. */
const SOURCES = [
  { is: (url) => url.includes("/dist/"), fill: "#f0a860" },
  { is: (url) => url.startsWith("node:"), fill: "#9cc3e6" },
  { is: (url) => url.includes("/node_modules/"), fill: "#c3b1e1" },
  { is: () => true, fill: "#d0d0d0" },
];

/**
 * A CPU profile of V8 as a flame graph: the wider, the longer; idle time left out, and so are the first `skipSeconds`,
 * in which a program starts.
 */
export function flameGraph(profile, title, skipSeconds) {
  const root = weighed(profile, skipSeconds * 1e6);
  const boxes = [];
  let deepest = 0;
  const draw = (node, x, width, depth) => {
    if (width < NARROWEST) return;
    deepest = Math.max(deepest, depth);
    boxes.push({ node, x, width, depth });
    let at = x;
    for (const child of [...node.children.values()].toSorted((left, right) => right.us - left.us)) {
      const wide = (width * child.us) / node.us;
      draw(child, at, wide, depth + 1);
      at += wide;
    }
  };
  draw(root, 0, WIDTH, 0);
  const height = (deepest + 2) * ROW;
  const drawn = boxes.map(({ node, x, width, depth }) => {
    const share = ((100 * node.us) / root.us).toFixed(1);
    const text = width > 30 ? node.name.slice(0, Math.floor(width / 6.7) - 1) : "";
    const y = height - (depth + 1) * ROW;
    const label = text === "" ? "" : `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(text)}</text>`;
    const box = `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(width - 0.5, 0.5).toFixed(1)}" height="${ROW - 1}" fill="${node.fill}"/>`;
    return `<g><title>${escaped(node.name)} ${escaped(node.place)} ${share} %</title>${box}${label}</g>`;
  });
  const legend = `${title} - orange: idlewall, blue: Node, violet: packages, grey: V8 and system calls`;
  return svg(height, [`<text class="h" x="4" y="13">${escaped(legend)}</text>`, ...drawn]);
}

/** What each more of something takes in a heap, as bars, the small ones together. */
export function heapBars(rows, title, most = 40) {
  const shown = rows.slice(0, most);
  const rest = rows.slice(most).reduce((sum, { bytesEach }) => sum + bytesEach, 0);
  const bars = [...shown, { kind: "all smaller ones", bytesEach: rest, objectsEach: 0 }];
  const widest = Math.max(...bars.map(({ bytesEach }) => bytesEach));
  const drawn = bars.map(({ kind, bytesEach }, index) => {
    const y = (index + 1) * ROW + 6;
    const width = ((WIDTH - 480) * bytesEach) / widest;
    return `<rect x="440" y="${y}" width="${width.toFixed(1)}" height="${ROW - 3}" fill="#f0a860"/><text class="l" x="432" y="${y + 11}" text-anchor="end">${escaped(kind.slice(0, 62))}</text><text class="l" x="${(446 + width).toFixed(1)}" y="${y + 11}">${bytesEach.toFixed(0)}</text>`;
  });
  return svg((bars.length + 2) * ROW, [`<text class="h" x="4" y="13">${escaped(title)}</text>`, ...drawn]);
}

/** The profile's calls, each function once under its caller, with the microseconds of it and all below. */
function weighed({ nodes, samples, timeDeltas }, skipUs) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const root = { name: "all", place: "", fill: SOURCES.at(-1).fill, us: 0, children: new Map() };
  let passedUs = 0;
  for (const [index, id] of samples.entries()) {
    passedUs += timeDeltas[index];
    if (passedUs < skipUs) continue;
    const path = [];
    for (let at = id; parents.has(at); at = parents.get(at)) path.unshift(byId.get(at).callFrame);
    if (path.some(({ functionName }) => functionName === "(idle)")) continue;
    let place = root;
    root.us += timeDeltas[index];
    for (const frame of path) {
      place = called(place, frame);
      place.us += timeDeltas[index];
    }
  }
  return root;
}

function called(parent, { functionName, url, lineNumber }) {
  const name = functionName === "" ? "(anonymous)" : functionName;
  const key = `${name} ${url}:${lineNumber}`;
  const known = parent.children.get(key);
  if (known !== undefined) return known;
  const place = url === "" ? "" : `${url.split("/").slice(-2).join("/")}:${lineNumber + 1}`;
  const child = { name, place, fill: SOURCES.find(({ is }) => is(url)).fill, us: 0, children: new Map() };
  parent.children.set(key, child);
  return child;
}

function svg(height, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">${STYLE}\n${parts.join("\n")}\n</svg>\n`;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
