import type { ExportedHop, ExportEnds, Exported } from "../../../src/report/exports/subject.ts";

/** A hop of 13 minutes that forgets in silence, or what is said of it. */
export function hopWith(said: Partial<ExportedHop> = {}): ExportedHop {
  return {
    profile: "a-path",
    source: "a test",
    hop: "edge",
    kind: "firewall",
    idleTimeoutMs: 780_000,
    atExpiry: { toDevice: "drop", toServer: "drop" },
    refreshedBy: "either",
    ...said,
  };
}

export const CLOSE = { toDevice: "close", toServer: "close" } as const;
export const RESET = { toDevice: "reset", toServer: "reset" } as const;
export const RESET_ON_NEXT = { toDevice: "reset-on-next", toServer: "reset-on-next" } as const;

/** A hop that answers with this status. */
export function respond(status: number): ExportedHop["atExpiry"] {
  return { toDevice: { respond: status }, toServer: "reset" };
}

/** From every address of the machine to a server that is asked over TLS. */
export const ENDS: ExportEnds = {
  listen: { host: undefined, port: 443 },
  target: { host: "mail.example.com", port: 8443, secure: true },
  certificate: "/etc/mail.pem",
  key: "/etc/mail-key.pem",
};

/** From one address, IPv6, to a server that is asked in the clear. */
export const PLAIN_ENDS: ExportEnds = {
  ...ENDS,
  listen: { host: "::1", port: 8080 },
  target: { host: "::1", port: 8081, secure: false },
};

/** The text of an export; fails the test when the format refuses. */
export function textOf(exported: Exported): string {
  if (exported.kind === "text") return exported.text;
  throw new Error(exported.reason);
}
