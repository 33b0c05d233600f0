/** What the variables of a board choose, for series that have a command. */
const COMMANDS = '{instance=~"$instance",command=~"$command"}';

/** The same for series without one. */
const INSTANCES = '{instance=~"$instance"}';

/** How many requests were counted in the window that the board shows; for lists of outcomes, hops and the like. */
export function increaseOf(counter: string, by: string): string {
  return `sum by (${by}) (increase(${counter}${selectorOf(counter)}[$window]))`;
}

/** How many a second, in the window. */
export function rateOf(counter: string, by?: string): string {
  const rate = `(rate(${counter}${selectorOf(counter)}[$window]))`;
  return by === undefined ? `sum${rate}` : `sum by (${by}) ${rate}`;
}

/** One counter for each of another: failures for each attempt, seconds for each request. */
export function ratioOf(counter: string, ofWhich: string, by?: string): string {
  return `${rateOf(counter, by)} / ${rateOf(ofWhich, by)}`;
}

/**
 * Of the requests that asked to wait and were not refused at once, those that did not live: what a hop ended, and what was
 * answered in time and not heard. Behind a silent wall in front all of them are of the second kind.
 */
export function failureShareOf(by?: string): string {
  const [failed, unheard] = ["idlewall_exchanges_failed_total", "idlewall_unheard_answers_total"];
  const [asked, refused] = ["idlewall_exchanges_asked_total", "idlewall_exchanges_refused_total"];
  return `(${rateOf(failed, by)} + ${rateOf(unheard, by)}) / (${rateOf(asked, by)} - ${rateOf(refused, by)})`;
}

/** The value below which this share of what a histogram counted lies, by its ranges. */
export function quantileOf(share: number, histogram: string): string {
  return `histogram_quantile(${share}, ${rateOf(`${histogram}_bucket`, "le")})`;
}

/** What a histogram counted, range by range, from one point of the panel to the next: each request once. */
export function rangesOf(histogram: string): string {
  const counter = `${histogram}_bucket`;
  return `sum by (le) (increase(${counter}${selectorOf(counter)}[$__interval]))`;
}

/** A gauge, put together over instances. */
export function gaugeOf(how: "sum" | "min" | "max", gauge: string, by?: string): string {
  const series = `(${gauge}${selectorOf(gauge)})`;
  return by === undefined ? `${how}${series}` : `${how} by (${by}) ${series}`;
}

/** Series that tell commands apart. */
const WITH_COMMAND = /^idlewall_(?:exchanges|heartbeat|limit|late|parked|devices$|unheard|collisions|storm|alert)/u;

function selectorOf(series: string): string {
  return WITH_COMMAND.test(series) ? COMMANDS : INSTANCES;
}
