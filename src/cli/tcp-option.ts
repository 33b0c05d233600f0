import { UsageError, withoutCredentials } from "../errors.ts";

/** A quick `tcp` listener, as `--tcp` writes it. */
export interface QuickTcp {
  readonly listen: string;
  readonly target: string;
}

/**
 * Reads `[HOST:]PORT=HOST:PORT`.
 * @throws UsageError E_USAGE what was found and what was expected
 */
export function splitTcp(text: string): QuickTcp {
  const [, listen, target] = /^([^=]+)=([^=]+)$/u.exec(text) ?? [];
  if (listen !== undefined && target !== undefined) return { listen, target };
  throw new UsageError(
    "E_USAGE",
    `--tcp: found ${JSON.stringify(withoutCredentials(text))}, expected [HOST:]PORT=HOST:PORT such as 5432=db.example:5432`,
  );
}

/** Names for quick listeners, by the ports they listen on; two of one port are told apart by a number. */
export function quickNames(ports: readonly number[]): readonly string[] {
  const counts = new Map<number, number>();
  return ports.map((port) => {
    const count = (counts.get(port) ?? 0) + 1;
    counts.set(port, count);
    return count === 1 ? `tcp-${port}` : `tcp-${port}-${count}`;
  });
}
