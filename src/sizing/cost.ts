import type { CostConstant, CostModel } from "./size-result.ts";

/**
 * What an exchange costs: every constant with its source, and with both ends where sources disagree.
 * `docs/sizing.md` says the same for people, and how to put other figures in their place.
 */

/** The radios whose energy is known, by name. */
export const RADIOS = ["lte", "3g", "wifi"] as const;

/** The name of a radio. */
export type RadioName = (typeof RADIOS)[number];

/** The costs of bytes are the same with every radio. */
const BYTES = {
  heartbeat: {
    value: 600,
    low: 368,
    high: 939,
    unit: "bytes",
    source:
      "Microsoft, TechNet cc182263: about 600 bytes a round trip; its monthly traffic on the same page comes to 368; " +
      "a built example with TLS 1.2 records, IPv4 and TCP has 939",
  },
  command: {
    value: 600,
    low: 368,
    high: 939,
    unit: "bytes",
    source: "no figure found: counted like a Ping with its answer, without the mail itself",
  },
  fullHandshake: {
    value: 6500,
    low: 1270,
    high: 6500,
    unit: "bytes",
    source: "netsekure.org, TLS overhead (2010): about 6.5 kB; a measurement at besthub.dev has 1.27 kB",
  },
  resumedHandshake: {
    value: 330,
    low: 330,
    high: 330,
    unit: "bytes",
    source: "netsekure.org, TLS overhead (2010)",
  },
  resumedShare: {
    value: 0,
    low: 0,
    high: 1,
    unit: "share",
    source: "not known how often devices resume: counted as never, and at the low end of bytes as always",
  },
} as const satisfies Partial<Record<keyof CostModel, CostConstant>>;

const ARO = "AT&T Application Resource Optimizer (attdevsupport/VideoOptimizer @d1645293)";

/** Energy of one waking (promotion and tail, payload neglected) and the length of its tail. */
const RADIO: Readonly<Record<RadioName, Pick<CostModel, "wakeUp" | "tail">>> = {
  lte: {
    wakeUp: {
      value: 10.9,
      low: 10.9,
      high: 12.6,
      unit: "joules",
      source: `${ARO}, lte.conf: 0.26 s at 1.21 W and a tail of 10 s at 1.06 W; with the longer tail below 12.6 J`,
    },
    tail: {
      value: 10,
      low: 10,
      high: 11.576,
      unit: "s",
      source: `${ARO}, lte.conf; 11.576 s is often quoted (Huang et al., MobiSys 2012) and not verified here`,
    },
  },
  "3g": {
    wakeUp: {
      value: 9.1,
      low: 4.7,
      high: 9.5,
      unit: "joules",
      source: `${ARO}: Samsung Captivate 9.1 J, i997 9.5, HTC Inspire 6.8; PowerTutor (2010): HTC Dream 4.7, tail only`,
    },
    tail: {
      value: 14,
      low: 10,
      high: 14,
      unit: "s",
      source: `${ARO}: 4 s DCH and 10 s FACH; PowerTutor (2010): 4 and 6 s`,
    },
  },
  wifi: {
    wakeUp: { value: 0.1, low: 0.1, high: 0.1, unit: "joules", source: `${ARO}, WiFi.conf: 0.403 W, a tail of 0.25 s` },
    tail: { value: 0.25, low: 0.25, high: 0.25, unit: "s", source: `${ARO}, WiFi.conf` },
  },
};

/** The cost model of a radio. */
export function costModel(radio: RadioName): CostModel {
  return { ...BYTES, ...RADIO[radio] };
}

/** What can be replaced in a cost model, and the unit of each. */
export const COST_UNITS: Readonly<Record<keyof CostModel, string>> = {
  heartbeat: "bytes",
  command: "bytes",
  fullHandshake: "bytes",
  resumedHandshake: "bytes",
  resumedShare: "share",
  wakeUp: "joules",
  tail: "s",
};
