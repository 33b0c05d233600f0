import type { EmulatedListener } from "./emulated-listener.ts";

/**
 * Has several listeners take their addresses; when one can't, those that could give theirs back.
 * @param explained what to throw for one that can't, when more is known of it
 * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
 */
export async function listenTogether(
  listeners: readonly EmulatedListener[],
  explained: (error: unknown, listener: EmulatedListener) => unknown = (error) => error,
): Promise<void> {
  const attempts = await Promise.allSettled(
    listeners.map((listener) =>
      listener.listen().catch((error: unknown) => {
        throw explained(error, listener);
      }),
    ),
  );
  const failed = attempts.find((attempt) => attempt.status === "rejected");
  if (failed === undefined) return;
  await Promise.all(listeners.map((listener) => listener.stop()));
  throw failed.reason;
}
