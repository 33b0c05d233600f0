import { type Address, formatAddress, parseAddress } from "../../live/address.ts";
import { type KernelEnforcer, startKernelEnforcer } from "../../live/enforcement/kernel-enforcer.ts";
import { createLog, type Log, type LogLevel } from "../../live/log.ts";
import { RealScheduler } from "../../live/real-scheduler.ts";
import { checkTarget } from "../../live/target-check.ts";
import { pathLine } from "../../profile/describe.ts";
import { parseDuration } from "../../profile/durations.ts";
import { defineCommand, JSON_OPTION } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { FORWARD_OPTIONS, forwardingFrom, originsOf } from "../forwarding.ts";
import { identitiesFrom } from "../identities.ts";
import { profileFrom, SERVE_OPTIONS } from "../options.ts";
import { startServing } from "../serving.ts";
import { untilAskedToStop } from "../signals.ts";
import { timeScaleFrom } from "../time-scale.ts";

/** `idlewall serve`: the proxy in front of a Client Access server. */
export const serve = defineCommand({
  command: "serve",
  describe: "Forward devices to a Client Access server, through a path that forgets",
  options: { ...FORWARD_OPTIONS, ...SERVE_OPTIONS, ...JSON_OPTION },
  run: async (args, output) => {
    const profile = profileFrom(args);
    const forwarding = forwardingFrom(args);
    const timeScale = timeScaleFrom(args["time-scale"]);
    const drainMs = parseDuration(args.drain);
    const listen = parseAddress(args.listen);
    const admin = parseAddress(args.admin);
    const identities = await identitiesFrom(args, output);
    if (args["target-check"]) for (const target of forwarding.targets) await checkTarget(target);
    if (args["target-insecure"] === true) output.note("any certificate of the target is taken (--target-insecure)");
    const scheduler = new RealScheduler({ timeScale });
    const log = createLog({ level: levelFrom(args["log-level"]) });
    await using enforcer = args.enforce === "kernel" ? await enforcerFor(log) : undefined;
    const serving = await startServing({
      proxy: {
        ...listen,
        ...forwarding.proxyOptions(scheduler),
        profile,
        identities,
        scheduler,
        timeScale,
        legacyDevices: args["legacy-devices"] === true,
        ...(enforcer !== undefined && { enforcer }),
      },
      admin,
      adminHosts: args["admin-host"] ?? [],
      log,
    });
    output.outlive();
    const asked = untilAskedToStop(output, {
      drain: () => serving.drain(drainMs),
      busyCount: () => serving.proxy.busyCount,
    });
    const at: Address = { host: listen.host, port: serving.proxy.port };
    if (args.json === true) output.json({ listen: formatAddress(at), admin: serving.admin.url, profile: profile.name });
    else {
      output.result(`devices:  https on ${formatAddress(at)}, to ${originsOf(forwarding)}`);
      output.result(`path:     ${pathLine(profile)}`);
      output.result(`admin:    ${serving.admin.url}/`);
      output.result(`metrics:  ${serving.admin.url}/metrics`);
    }
    await asked;
    await serving.stop();
    forwarding.stop();
    scheduler.stop();
    return EXIT.done;
  },
});

function enforcerFor(log: Log): Promise<KernelEnforcer> {
  return startKernelEnforcer({
    failed: (error) => log.error({ reason: error.message }, "nft failed: flows go on as without --enforce kernel"),
  });
}

function levelFrom(level: string | undefined): LogLevel {
  switch (level) {
    case "silent":
    case "error":
    case "warn":
    case "debug":
    case "trace":
      return level;
    default:
      return "info";
  }
}
