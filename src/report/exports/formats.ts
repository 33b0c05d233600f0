import { asa } from "./asa.ts";
import { aws } from "./aws.ts";
import { azure } from "./azure.ts";
import { envoy } from "./envoy.ts";
import { f5 } from "./f5.ts";
import { fortigate } from "./fortigate.ts";
import { haproxy } from "./haproxy.ts";
import { netscaler } from "./netscaler.ts";
import { nftables } from "./nftables.ts";
import { nginx } from "./nginx.ts";
import { panOs } from "./pan-os.ts";
import { srx } from "./srx.ts";
import type { Repair, Reproduction } from "./subject.ts";
import { toxiproxy } from "./toxiproxy.ts";

/** Formats that show a hop's own time-out in another program. */
export const REPRODUCTIONS = { nftables, haproxy, nginx, envoy, toxiproxy } as const satisfies Record<
  string,
  Reproduction
>;

/** Formats that set a product's time-out to one that heartbeats survive. */
export const REPAIRS = {
  asa,
  "pan-os": panOs,
  fortigate,
  srx,
  f5,
  netscaler,
  aws,
  azure,
} as const satisfies Record<string, Repair>;

/** The name of an export's format. */
export type ExportFormat = keyof typeof REPRODUCTIONS | keyof typeof REPAIRS;
