import type { Millis } from "../core/machine.ts";
import { Random } from "../core/random.ts";
import { ClientAccess, DEFAULT_CLIENT_ACCESS } from "../heartbeat/client-access.ts";
import type { DeviceSession } from "../heartbeat/device-session.ts";
import { mailInstants } from "../heartbeat/mail-schedule.ts";
import { modelSession } from "../heartbeat/model-session.ts";
import type { DeviceModel } from "../heartbeat/negotiators/models.ts";
import type { NegotiatorSettings } from "../heartbeat/negotiators/negotiator.ts";
import { type OpenRow, Trace, type TraceRow } from "../heartbeat/trace.ts";
import type { WaitingLimits } from "../heartbeat/waiting-limits.ts";
import { endingName } from "../path/condition.ts";
import type { FlowEvent } from "../path/flow-event.ts";
import type { Hop } from "../path/hop.ts";
import { checkScenario } from "./scenario-check.ts";
import { World, type WorldMail } from "./world.ts";

/** A run that can be had in virtual time or live: same machines, same seed, same exchanges. */
export interface Scenario {
  /** Device side first. */
  readonly hops: readonly Hop[];
  readonly model: DeviceModel;
  readonly settings: NegotiatorSettings;
  /** How many devices there are, each with a mailbox of its own. */
  readonly deviceCount: number;
  /** Instants at which every mailbox gets a message, in ms. */
  readonly mailAt: readonly Millis[];
  /** The mean time between two messages for one mailbox, in ms; absent for no other mail. */
  readonly mailMeanIntervalMs?: Millis;
  readonly durationMs: Millis;
  readonly seed: number;
  /** The bounds of the server that differ from Microsoft's. */
  readonly server?: Partial<WaitingLimits>;
}

/** Who a scenario's device of this number (from 1) is. */
export function scenarioDevice(scenario: Scenario, number: number): ScenarioDevice {
  const suffix = String(number).padStart(4, "0");
  const { deviceType, protocolVersion } = scenario.model;
  return { deviceId: `device${suffix}`, user: `user${suffix}`, deviceType, protocolVersion };
}

/** A device of a scenario. */
export interface ScenarioDevice {
  readonly deviceId: string;
  readonly user: string;
  readonly deviceType: string;
  readonly protocolVersion: string;
}

/** All mail of a scenario in the order of its arrival, until its end. */
export function scenarioMail(scenario: Scenario): readonly WorldMail[] {
  const random = new Random(scenario.seed).fork("mail");
  const mail: WorldMail[] = [];
  for (let number = 1; number <= scenario.deviceCount; number += 1) {
    const { user } = scenarioDevice(scenario, number);
    const { mailAt, mailMeanIntervalMs } = scenario;
    const schedule =
      mailMeanIntervalMs === undefined ? { at: mailAt } : { at: mailAt, meanIntervalMs: mailMeanIntervalMs };
    for (const at of mailInstants(schedule, random.fork(user))) {
      if (at > scenario.durationMs) break;
      mail.push({ at, user });
    }
  }
  return mail.sort((left, right) => left.at - right.at);
}

/**
 * Runs a scenario in virtual time: tells each row as it is known, and gives what is still parked at the end.
 * @throws UsageError E_USAGE settings, times or counts that can't be run
 */
export function runVirtually(scenario: Scenario, tell: (row: TraceRow) => void): readonly OpenRow[] {
  checkScenario(scenario);
  const trace = new Trace(tell);
  const world = new World({
    hops: scenario.hops,
    clientAccess: new ClientAccess({ ...DEFAULT_CLIENT_ACCESS, ...scenario.server }),
    mail: scenarioMail(scenario),
    seed: scenario.seed,
    observer: {
      asked: (device, exchange) => trace.asked(device, exchange),
      concluded: (device, exchange) => trace.concluded(device, exchange),
      heartbeat: (event) => trace.heartbeat(event),
      flow: (event) => traceFlow(trace, event),
    },
  });
  for (let number = 1; number <= scenario.deviceCount; number += 1) {
    world.add({ ...scenarioDevice(scenario, number), session: scenarioSession(scenario) });
  }
  world.runUntil(scenario.durationMs);
  return trace.open();
}

/** Tells a trace what happened to a flow. */
export function traceFlow(trace: Trace, event: FlowEvent): void {
  switch (event.kind) {
    case "opened":
      return undefined;
    case "ended": {
      const action = endingName(event.endings.toDevice);
      return trace.flowEnded(event.flowId, event.hop, action, event.condition === "idle-timeout");
    }
    case "closed":
      return trace.flowClosed(event.flowId);
  }
}

/** The session of one of a scenario's devices. */
export function scenarioSession({ model, settings }: Scenario): DeviceSession {
  return modelSession(model, settings);
}
