import type { Emulator } from "../live/emulator.ts";

/** Has SIGHUP read the configuration again; what is given back ends that. Log and metrics tell what came of it. */
export function reloadOnSighup(emulator: Emulator): () => void {
  const reload = (): void => {
    emulator.reload().catch(() => undefined);
  };
  process.on("SIGHUP", reload);
  return () => void process.off("SIGHUP", reload);
}
