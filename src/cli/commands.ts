import type { Command } from "./command.ts";
import { certs } from "./commands/certs.ts";
import { check } from "./commands/check.ts";
import { clientAccess } from "./commands/client-access.ts";
import { demo } from "./commands/demo.ts";
import { device } from "./commands/device.ts";
import { healthcheck } from "./commands/healthcheck.ts";
import { profiles } from "./commands/profiles.ts";
import { serve } from "./commands/serve.ts";
import { trace } from "./commands/trace.ts";

/** Every command, in the order in which help lists them; a further one is one more line. */
export const COMMANDS: readonly Command[] = [
  serve,
  demo,
  device,
  clientAccess,
  trace,
  profiles,
  certs,
  check,
  healthcheck,
];
