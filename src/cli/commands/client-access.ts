import { UsageError } from "../../errors.ts";
import { type Address, formatAddress, parseAddress } from "../../live/address.ts";
import { type ServedRequest, startClientAccess } from "../../live/client-access.ts";
import { RealScheduler } from "../../live/real-scheduler.ts";
import type { Identity } from "../../live/tls-termination.ts";
import { clock, minutes } from "../../report/ladder.ts";
import { defineCommand, JSON_OPTION } from "../command.ts";
import { durationFrom } from "../duration-option.ts";
import { EXIT } from "../exit-codes.ts";
import { identitiesFrom, type IdentityArguments } from "../identities.ts";
import { MAIL_OPTIONS, mailFrom } from "../mail-options.ts";
import { ofOption } from "../of-option.ts";
import { CERTIFICATE_OPTIONS } from "../options.ts";
import type { Output } from "../output.ts";
import { untilAskedToStop } from "../signals.ts";
import { timeScaleFrom } from "../time-scale.ts";
import { usersFrom } from "../users.ts";

/** `idlewall client-access`: a Client Access server with mailboxes in memory. */
export const clientAccess = defineCommand({
  command: "client-access",
  describe: "Run a Client Access server with mailboxes in memory",
  options: {
    listen: { type: "string", default: "127.0.0.1:8444", describe: "HOST:PORT for devices; port 0 takes any free one" },
    http: { type: "boolean", describe: "Speak plain HTTP" },
    ...CERTIFICATE_OPTIONS,
    certs: { type: "string", default: "certs", describe: "Directory for the certificates it makes itself" },
    control: { type: "string", default: "127.0.0.1:9444", describe: "HOST:PORT to read mailboxes and deliver mail" },
    user: {
      type: "string",
      array: true,
      describe: "NAME:PASSWORD; may be repeated; without, any user with any password",
    },
    ...MAIL_OPTIONS,
    "mail-at": {
      ...MAIL_OPTIONS["mail-at"],
      describe: "Time from a user's first request to a message; may be repeated",
    },
    "min-heartbeat": { type: "string", describe: "Shortest interval it takes (default 60s)" },
    "max-heartbeat": { type: "string", describe: "Longest interval it takes (default 59m)" },
    "time-scale": { type: "number", default: 1, describe: "Emulated seconds in a real one; real devices need 1" },
    ...JSON_OPTION,
  },
  run: async (args, output) => {
    const timeScale = timeScaleFrom(args["time-scale"]);
    const { mailAt, mailMeanIntervalMs, seed } = mailFrom(args);
    const users = usersFrom(args.user);
    const options = {
      ...ofOption("listen", () => parseAddress(args.listen)),
      control: ofOption("control", () => parseAddress(args.control)),
      settings: limitsFrom(args["min-heartbeat"], args["max-heartbeat"]),
      mail: {
        schedule: { at: mailAt, ...(mailMeanIntervalMs !== undefined && { meanIntervalMs: mailMeanIntervalMs }) },
        seed,
      },
      ...(users !== undefined && { users }),
      identities: await certificatesFrom(args, output),
    };
    const scheduler = new RealScheduler({ timeScale });
    const server = await startClientAccess({ ...options, scheduler, ...linesTo(output, args.json === true) });
    /** Before the first line: who waits for that may send the signal next. */
    output.outlive();
    const stopped = untilAskedToStop(output, { drain: () => Promise.resolve(), busyCount: () => 0 });
    const url = `${server.secure ? "https" : "http"}://${shown(options, server.port)}`;
    const control = `http://${shown(options.control, server.controlPort)}`;
    if (args.json === true) output.json({ kind: "listening", url, control, seed });
    else output.result(`devices: ${url}\ncontrol: ${control}/mailboxes/USER\nseed:    ${seed}`);
    await stopped;
    await server.stop();
    scheduler.stop();
    return EXIT.done;
  },
});

async function certificatesFrom(
  args: IdentityArguments & { readonly http?: boolean | undefined },
  output: Output,
): Promise<readonly Identity[]> {
  if (args.http !== true) return identitiesFrom(args, output);
  if ((args.cert ?? args.key ?? args.pfx) === undefined) return [];
  throw new UsageError("E_USAGE", "found --http beside a certificate, expected one or the other");
}

function limitsFrom(least: string | undefined, most: string | undefined) {
  const minimumSeconds = least === undefined ? undefined : durationFrom("min-heartbeat", least) / 1000;
  const maximumSeconds = most === undefined ? undefined : durationFrom("max-heartbeat", most) / 1000;
  if (least !== undefined && most !== undefined && (minimumSeconds ?? 0) > (maximumSeconds ?? 0))
    throw new UsageError("E_USAGE", `--min-heartbeat: found ${least}, expected --max-heartbeat, ${most}, at most`);
  return {
    ...(minimumSeconds !== undefined && { minimumSeconds }),
    ...(maximumSeconds !== undefined && { maximumSeconds }),
  };
}

/** An address that can be called: who listens everywhere is called on the loopback. */
function shown({ host = "127.0.0.1" }: Address, port: number | undefined): string {
  return formatAddress({ host, port: port ?? 0 });
}

function linesTo(output: Output, json: boolean) {
  const tell = (at: number, fact: Readonly<Record<string, string | number>>, text: string): void => {
    if (json) output.json({ ...fact, atSeconds: seconds(at) });
    else output.result(`${clock(at / 1000).padStart(8)}  ${text}`);
  };
  const tellEnd = (kind: string, request: ServedRequest, at: number, httpStatus?: number): void => {
    const { user, deviceId: device, command, receivedAt } = request;
    const ended = httpStatus === undefined ? "left without its answer" : `answered ${httpStatus}`;
    const fact = { kind, user, device, command, durationSeconds: seconds(at - receivedAt) };
    const text = `${user}  ${device}  ${command} ${ended} after ${minutes((at - receivedAt) / 1000)}`;
    tell(at, httpStatus === undefined ? fact : { ...fact, httpStatus }, text);
  };
  return {
    onAnswered: (request: ServedRequest, httpStatus: number, at: number) =>
      tellEnd("answered", request, at, httpStatus),
    onAbandoned: (request: ServedRequest, at: number) => tellEnd("abandoned", request, at),
    onRefused: ({ status, sentence }: { readonly status: number; readonly sentence: string }, at: number) =>
      tell(at, { kind: "refused", httpStatus: status, reason: sentence }, `refused with ${status}: ${sentence}`),
    onDelivered: (user: string, at: number) => tell(at, { kind: "delivered", user }, `${user}  a message came`),
  };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
