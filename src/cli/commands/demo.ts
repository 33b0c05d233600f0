import { StartError } from "../../errors.ts";
import { Trace, type TraceRow } from "../../heartbeat/trace.ts";
import { type Address, parseAddress } from "../../live/address.ts";
import { ensureServerCertificates, type ServerCertificates } from "../../live/certificates-server.ts";
import { startClientAccess } from "../../live/client-access.ts";
import type { EmulatorPlan } from "../../live/emulator-plan.ts";
import { startDevice } from "../../live/device.ts";
import { parseDeviceServer } from "../../live/device-server.ts";
import { loadProfile } from "../../live/profile-files.ts";
import { RealScheduler } from "../../live/real-scheduler.ts";
import { readText } from "../../live/text-file.ts";
import { pathLine } from "../../profile/describe.ts";
import { ladderHeading, ladderLine } from "../../report/ladder.ts";
import { type Scenario, scenarioDevice, traceFlow } from "../../sizing/scenario.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { forwardingFrom } from "../forwarding.ts";
import { planHttps } from "../listener-drafts.ts";
import { logFrom } from "../log.ts";
import { LOG_OPTIONS } from "../log-options.ts";
import { modelFrom } from "../model-options.ts";
import type { Output } from "../output.ts";
import { type Serving, startServing } from "../serving.ts";
import { untilAskedToStop } from "../signals.ts";
import { timeScaleFrom } from "../time-scale.ts";

/** When the message comes that answers the device's 12 minutes early: 4 min into them, in the seed's course. */
const MAIL_AT_MS = 27 * 60_000;

/** Nothing in the demo is left to chance, but what a visitor adds to its path draws from it. */
const SEED = 1;

/** Exchanges that hold after the search is over, before the demo has told its story. */
const LAST_HELD = 3;

/** `idlewall demo`: the documented negotiation, live, through the proxy that `serve` runs. */
export const demo = defineCommand({
  command: "demo",
  describe: "Watch a device negotiate through a 13-minute carrier, then look around in what runs",
  options: {
    listen: { type: "string", default: ":443", describe: "HOST:PORT for devices; :8443 when 443 can't be had" },
    admin: { type: "string", default: "127.0.0.1:9443", describe: "HOST:PORT for health and metrics" },
    certs: { type: "string", default: "certs", describe: "Directory for the certificates that the demo makes" },
    "time-scale": { type: "number", default: 180, describe: "Emulated seconds in a real one" },
    ...LOG_OPTIONS,
  },
  run: async (args, output) => {
    const timeScale = timeScaleFrom(args["time-scale"]);
    const scenario: Scenario = {
      hops: loadProfile("carrier-13min").hops,
      ...modelFrom({}),
      deviceCount: 1,
      mailAt: [MAIL_AT_MS],
      durationMs: Infinity,
      seed: SEED,
    };
    const scheduler = new RealScheduler({ timeScale, paced: true, standing: true });
    const certificates = await ensureServerCertificates(args.certs, ["localhost", "127.0.0.1", "::1"]);
    await using server = await startClientAccess({ scheduler });
    const story = new Story(output);
    const trace = new Trace((row) => story.tell(row));
    const serving = await startSomewhere(parseAddress(args.listen), parseAddress(args.admin), (listen, admin) =>
      startServing({
        emulator: { scheduler, timeScale, plan: planDemo(listen, server.port, certificates) },
        admin,
        adminHosts: [],
        log: logFrom(args, "warn"),
        timerLateness: scheduler.lateness,
        observers: [{ heartbeat: (event) => trace.heartbeat(event), flow: (event) => traceFlow(trace, event) }],
      }),
    );
    /** Before the first line: who waits for that may send the signal next. */
    const stop = untilAskedToStop(output, { drain: () => Promise.resolve(), busyCount: () => 0 });
    story.begin(timeScale, scenario.seed);
    const { deviceId, user, deviceType } = scenarioDevice(scenario, 1);
    await using _device = startDevice({
      server: parseDeviceServer(`https://127.0.0.1:${portOf(serving)}`, {
        authorities: readText(certificates.authorityFile),
      }),
      identity: { deviceId, user, deviceType },
      password: "demo",
      model: scenario.model,
      settings: scenario.settings,
      scheduler,
      timeScale,
      minimumPatienceMs: 0,
      onAsked: (asked) => trace.asked(deviceId, asked),
      onConcluded: (record) => trace.concluded(deviceId, record),
    });
    scheduler.schedule(MAIL_AT_MS, () => void server.deliver(user));
    scheduler.start();
    await Promise.race([story.told, stop]);
    if (story.over) sayWhereToLook(output, serving, certificates);
    await stop;
    await serving.stop();
    scheduler.stop();
    return EXIT.done;
  },
});

/** Tells the exchanges until the device has found its interval and kept it a while. */
class Story {
  readonly told: Promise<void>;
  readonly #output: Output;
  #held = 0;
  #end: () => void = () => undefined;

  constructor(output: Output) {
    this.#output = output;
    this.told = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get over(): boolean {
    return this.#held >= LAST_HELD;
  }

  begin(timeScale: number, seed: number): void {
    const minuteSeconds = Math.round(6000 / timeScale) / 100;
    this.#output.result(
      [
        "A Windows Mobile device keeps its mail in step by Ping requests, through the proxy and a carrier that",
        `forgets silent connections after 13 minutes. An emulated minute takes ${minuteSeconds} s here.`,
        "",
        `  ${pathLine(loadProfile("carrier-13min"))}, seed ${seed}`,
        "",
        ladderHeading(false),
      ].join("\n"),
    );
  }

  tell(row: TraceRow): void {
    if (this.over) return;
    this.#output.result(ladderLine(row, false));
    this.#held = row.outcome === "held" && row.settled ? this.#held + 1 : 0;
    if (this.over) this.#end();
  }
}

function planDemo(listen: Address, serverPort: number, { ecdsa, rsa }: ServerCertificates): EmulatorPlan {
  const listener = planHttps({
    name: "https",
    listen,
    profile: loadProfile("carrier-13min"),
    enabled: true,
    forwarding: forwardingFrom({ target: `http://127.0.0.1:${serverPort}`, forward: "relay" }),
    identities: [ecdsa, rsa],
    legacyDevices: false,
  });
  return { listeners: [listener], seed: SEED, applyTo: "new" };
}

function portOf({ emulator }: Serving): number {
  return emulator.listener("https")?.address.port ?? 0;
}

function sayWhereToLook(output: Output, serving: Serving, { authorityFile }: ServerCertificates): void {
  output.result(
    [
      "",
      "12 minutes for good. The proxy, the device and the server go on; Ctrl-C ends them.",
      "",
      `  devices   https://localhost:${portOf(serving)}/  (a device trusts it with ${authorityFile})`,
      `  admin     ${serving.admin.url}/`,
      `  metrics   ${serving.admin.url}/metrics`,
      "",
      "In front of your own server:",
      "",
      `  node dist/cli/main.js serve --listen :8443 --target https://mail.example.com --profile carrier-13min`,
    ].join("\n"),
  );
}

/** Takes other ports where those wanted can't be had: 8443 or any free one for devices, any free one for the admin. */
async function startSomewhere(
  listen: Address,
  admin: Address,
  start: (listen: Address, admin: Address) => Promise<Serving>,
): Promise<Serving> {
  const listens = [listen, { ...listen, port: 8443 }, { ...listen, port: 0 }];
  const admins = [admin, { ...admin, port: 0 }];
  const attempts = admins.flatMap((adminAt) => listens.map((listenAt) => ({ listenAt, adminAt })));
  for (const { listenAt, adminAt } of attempts.slice(0, -1)) {
    try {
      return await start(listenAt, adminAt);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
    }
  }
  const last = { listenAt: { ...listen, port: 0 }, adminAt: { ...admin, port: 0 } };
  return start(last.listenAt, last.adminAt);
}
