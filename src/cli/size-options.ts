import { availableParallelism } from "node:os";
import { DEVICE_MODELS } from "../heartbeat/negotiators/models.ts";
import { PLAIN_ENDINGS } from "../path/condition.ts";
import { REPAIRS } from "../report/exports/formats.ts";
import { RADIOS } from "../sizing/cost.ts";
import { MODEL_OPTIONS } from "./model-options.ts";
import type { OptionTable } from "./settings.ts";

const { initial, minimum, maximum, increment } = MODEL_OPTIONS;

const PRODUCTS = Object.keys(REPAIRS);

/** What stands where neither a person nor a log says it: no defaults, so that what was said can be told from them. */
export const USUAL = { device: "windows-mobile", devices: 500, mailRate: "40/day", mailShape: "working" } as const;

/** What `size` is asked. */
export const SIZE_OPTIONS = {
  firewall: {
    type: "string",
    default: "5m..60m",
    describe: "Time-outs to try on the firewall: 5m..60m, 5m..60m/5m with a step, or a list as 10m,15m,30m",
  },
  carrier: {
    type: "string",
    default: "none",
    describe: "Carrier in front: none, 13m, 13m:reset, shares as 13m=60%,none=40%, or netpiculet (as measured)",
  },
  device: {
    type: "string",
    defaultDescription: USUAL.device,
    describe: `Device models, with shares as windows-mobile=30%,android-2013=70%: ${DEVICE_MODELS.map((each) => each.name).join(", ")}`,
  },
  initial,
  minimum,
  maximum,
  increment,
  "mail-rate": {
    type: "string",
    defaultDescription: USUAL.mailRate,
    describe: "Mail for each mailbox, such as 40/day",
  },
  "mail-shape": {
    type: "string",
    choices: ["working", "even"],
    defaultDescription: USUAL.mailShape,
    describe: "When in the day mail comes: mostly in working hours, or alike in all",
  },
  devices: {
    type: "number",
    defaultDescription: String(USUAL.devices),
    describe: "How many devices there are, each with its own mailbox",
  },
  days: { type: "number", default: 7, describe: "How many days are run" },
  "at-expiry": {
    type: "string",
    choices: PLAIN_ENDINGS,
    default: "drop",
    describe: "What the firewall does with a flow that it forgets",
  },
  "server-minimum": { type: "string", default: "1m", describe: "Least interval that the server takes" },
  "server-maximum": { type: "string", default: "59m", describe: "Most that it takes; Exchange's own is 59m" },
  today: { type: "string", describe: "What is set on the firewall today, to be compared" },
  gain: { type: "string", default: "5%", describe: "The least improvement that still matters" },
  radio: { type: "string", choices: RADIOS, default: "lte", describe: "Radio whose energy is counted" },
  cost: { type: "string", describe: "YAML file with other costs than the built-in ones" },
  for: {
    type: "string",
    array: true,
    choices: PRODUCTS,
    describe: "Product whose lines to type are printed; may be repeated",
  },
  seed: { type: "number", default: 1, describe: "Whole number from which all that is random follows" },
  repeats: {
    type: "number",
    default: 3,
    describe: "How often it is run, each time with the next seed, for confidence",
  },
  threads: {
    type: "number",
    default: availableParallelism(),
    defaultDescription: "as many as processors",
    describe: "Threads that share the work at most; the result is the same with any number",
  },
} as const satisfies OptionTable;
