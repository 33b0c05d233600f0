import type { Command } from "./command.ts";

/** A command as help lists it; what it needs is loaded when it is named. */
export interface CommandEntry {
  readonly name: string;
  readonly describe: string;
  readonly load: () => Promise<Command>;
}

/** Every command, in the order in which help lists them; a further one is one more entry. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "serve",
    describe: "Forward devices to a Client Access server, through a path that forgets",
    load: async () => (await import("./commands/serve.ts")).serve,
  },
  {
    name: "demo",
    describe: "Watch a device negotiate through a 13-minute carrier, then look around in what runs",
    load: async () => (await import("./commands/demo.ts")).demo,
  },
  {
    name: "device",
    describe: "Run devices against a server and print each of their heartbeats",
    load: async () => (await import("./commands/device.ts")).device,
  },
  {
    name: "client-access",
    describe: "Run a Client Access server with mailboxes in memory",
    load: async () => (await import("./commands/client-access.ts")).clientAccess,
  },
  {
    name: "trace",
    describe: "Run a negotiation, in virtual time or live, and print its ladder",
    load: async () => (await import("./commands/trace.ts")).trace,
  },
  {
    name: "probe",
    describe: "Measure the idle time-out of the path from here to a server",
    load: async () => (await import("./commands/probe.ts")).probe,
  },
  {
    name: "size",
    describe: "Find the idle time-out to set on the firewall, in virtual time",
    load: async () => (await import("./commands/size.ts")).size,
  },
  {
    name: "report",
    describe: "Make a page, a picture or a table of what size found, or of what a running idlewall has seen",
    load: async () => (await import("./commands/report.ts")).report,
  },
  {
    name: "profiles",
    describe: "Named paths with their time-outs",
    load: async () => (await import("./commands/profiles.ts")).profiles,
  },
  {
    name: "certs",
    describe: "Certificates for the device's side",
    load: async () => (await import("./commands/certs.ts")).certs,
  },
  {
    name: "check",
    describe: "Check what serve would be started with, and tell every fault, without starting it",
    load: async () => (await import("./commands/check.ts")).check,
  },
  {
    name: "healthcheck",
    describe: "Ask a running proxy whether it is well; exit code 0 or 1",
    load: async () => (await import("./commands/healthcheck.ts")).healthcheck,
  },
  {
    name: "flows",
    describe: "Connections of a running server",
    load: async () => (await import("./commands/flows.ts")).flows,
  },
  {
    name: "devices",
    describe: "Devices of a running server",
    load: async () => (await import("./commands/devices.ts")).devices,
  },
  {
    name: "bounds",
    describe: "Show the time-out of the real path in front of each network, as far as is known",
    load: async () => (await import("./commands/bounds.ts")).bounds,
  },
  {
    name: "alerts",
    describe: "Show Exchange's alert of short intervals (event 1040), as it is for a running server",
    load: async () => (await import("./commands/alerts.ts")).alerts,
  },
  {
    name: "recommend",
    describe: "Say which time-out to set, and what would not help, from what a running server has seen",
    load: async () => (await import("./commands/recommend.ts")).recommend,
  },
  {
    name: "profile",
    describe: "The profile in force on a running server",
    load: async () => (await import("./commands/profile.ts")).profile,
  },
  {
    name: "condition",
    describe: "Conditions in force on a running server",
    load: async () => (await import("./commands/condition.ts")).condition,
  },
  {
    name: "events",
    describe: "Follow what happens on a running server, and wait for what is expected",
    load: async () => (await import("./commands/events.ts")).events,
  },
  {
    name: "scenario",
    describe: "Seed and timeline of a running server",
    load: async () => (await import("./commands/scenario.ts")).scenario,
  },
  {
    name: "reset",
    describe: "Bring a running server back to what configuration and command line said",
    load: async () => (await import("./commands/reset.ts")).reset,
  },
  {
    name: "reload",
    describe: "Have a running server read its configuration again, all or nothing",
    load: async () => (await import("./commands/reload.ts")).reload,
  },
];
