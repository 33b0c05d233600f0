import { vi } from "vitest";

/** Resolves once `check` no longer throws; looks every 2 ms for 10 s. */
export async function eventually(check: () => void): Promise<void> {
  await vi.waitFor(check, { interval: 2, timeout: 10_000 });
}
