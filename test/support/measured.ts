import { mkdir, writeFile } from "node:fs/promises";
import type { WireDevice } from "./wire-device.ts";
import { getRequest, textAnswer } from "./requests.ts";
import type { ServerPeer } from "./wire-server.ts";

/** One effect that was measured. */
export interface Measurement {
  readonly condition: string;
  readonly effect: string;
  readonly leg: string;
  readonly expected: string;
  readonly measured: string;
}

/** Collects what was measured and writes it as a table. */
export class Measurements {
  readonly #rows: Measurement[] = [];

  add(row: Measurement): void {
    this.#rows.push(row);
  }

  /** Writes `reports/NAME.md`, in the order of conditions and legs. */
  async write(name: string): Promise<void> {
    const head = ["condition", "effect", "leg", "expected", "measured"];
    const rows = this.#rows.map(({ condition, effect, leg, expected, measured }) => {
      return [condition, effect, leg, expected, measured];
    });
    const lines = rows.map((cells) => cells.join(" | ")).sort();
    const table = [head.join(" | "), head.map(() => "---").join(" | "), ...lines].map((line) => `| ${line} |`);
    await mkdir("reports", { recursive: true });
    await writeFile(`reports/${name}.md`, `${table.join("\n")}\n`);
  }
}

/** The value that as many lie below as above. */
export function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}

/** A server's script: answers every request for `/ask`. */
export function answersAsked(peer: ServerPeer): void {
  peer.socket.on("data", () => {
    if (peer.text.endsWith(getRequest("/ask"))) peer.write(textAnswer("told"));
  });
}

/** Asks, waits for the answer, and tells how long that took, in ms. */
export async function ask(device: WireDevice): Promise<number> {
  const before = device.text.length;
  const askedAt = performance.now();
  device.send(getRequest("/ask"));
  await device.until(() => device.text.length >= before + textAnswer("told").length);
  return performance.now() - askedAt;
}
