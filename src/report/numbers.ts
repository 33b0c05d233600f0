import { minutes } from "./ladder.ts";

/** A number as people read it, to three digits and with a point whatever the language: `0.25`, `12.5`, `1438`, `<0.001`. */
export function figure(value: number): string {
  if (value > 0 && value < SMALLEST) return `<${SMALLEST}`;
  return String(value < 1000 ? Number(value.toPrecision(3)) : Math.round(value));
}

/** Below it a number is as good as none. */
const SMALLEST = 0.001;

/** A size as people read it: `940 B`, `61.2 kB`, `1.5 MB`. */
export function bytesWords(bytes: number): string {
  const unit = BYTE_UNITS.find(([from]) => bytes >= from) ?? [1, "B"];
  return `${figure(bytes / unit[0])} ${unit[1]}`;
}

const BYTE_UNITS: readonly (readonly [from: number, unit: string])[] = [
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
];

/** A delay as people read it: `0.3 s`, `14 min 5 s`. */
export function delayWords(durationSeconds: number): string {
  return durationSeconds < 60 ? `${figure(durationSeconds)} s` : minutes(durationSeconds);
}

/** A share of one as people read it: `12.5 %`. */
export function shareWords(share: number): string {
  return `${figure(share * 100)} %`;
}

/** A duration in words, with its seconds where these are what is typed: `14 min (840 s)`. */
export function timeOutWords(idleTimeoutSeconds: number): string {
  const words = minutes(idleTimeoutSeconds);
  const plain = `${figure(idleTimeoutSeconds)} s`;
  return words === plain ? words : `${words} (${plain})`;
}
