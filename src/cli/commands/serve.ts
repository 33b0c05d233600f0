import { isLoopback } from "../../control/host-check.ts";
import { formatAddress, parseAddress } from "../../live/address.ts";
import type { Emulator } from "../../live/emulator.ts";
import { type KernelEnforcer, startKernelEnforcer } from "../../live/enforcement/kernel-enforcer.ts";
import type { Log } from "../../live/log.ts";
import { RealScheduler } from "../../live/real-scheduler.ts";
import { checkTarget } from "../../live/target-check.ts";
import { pathLine } from "../../profile/describe.ts";
import { checkAdminHost } from "../admin-host.ts";
import { adminToken } from "../admin-token.ts";
import { defineCommand, JSON_OPTION } from "../command.ts";
import { SERVE_FILE } from "../configuration.ts";
import { durationFrom } from "../duration-option.ts";
import { EXIT } from "../exit-codes.ts";
import { FORWARD_OPTIONS } from "../forwarding.ts";
import type { ListenerDraft } from "../listener-drafts.ts";
import { keepHeapTight } from "../heap.ts";
import { logFrom } from "../log.ts";
import { ofOption } from "../of-option.ts";
import { SERVE_OPTIONS } from "../options.ts";
import type { Output } from "../output.ts";
import { reloadOnSighup } from "../reload.ts";
import { needingRestart } from "../restart.ts";
import { checkedSeed, seedFrom } from "../seed.ts";
import { draftServe, planFrom } from "../serve-plan.ts";
import { type Serving, startServing } from "../serving.ts";
import { untilAskedToStop } from "../signals.ts";
import { timeScaleFrom } from "../time-scale.ts";
import { noteOpenApi, toxiproxyFrom } from "../toxiproxy-option.ts";
import { trackingFrom } from "../tracking-options.ts";

/** `idlewall serve`: paths in front of servers. */
export const serve = defineCommand({
  command: "serve",
  describe: "Forward devices to a Client Access server, through a path that forgets",
  options: { ...FORWARD_OPTIONS, ...SERVE_OPTIONS, ...JSON_OPTION },
  fileExtras: SERVE_FILE,
  run: async (args, output, again) => {
    const draft = draftServe(args);
    const timeScale = timeScaleFrom(args["time-scale"]);
    const drainMs = durationFrom("drain", args.drain);
    const admin = ofOption("admin", () => parseAddress(args.admin));
    for (const host of args["admin-host"] ?? []) ofOption("admin-host", () => checkAdminHost(host));
    const drawn = seedFrom(args.seed);
    const tracking = trackingFrom(args);
    const token = adminToken(admin, args["admin-token-file"], output);
    const plan = await planFrom(draft, drawn, output);
    const toxiproxy = toxiproxyFrom(args["toxiproxy-api"]);
    if (args["target-check"])
      for (const { targets } of draft.listeners) for (const each of targets) await checkTarget(each);
    noteInsecure(draft.listeners, output);
    if (toxiproxy !== undefined) noteOpenApi(toxiproxy, output);
    const scheduler = new RealScheduler({ timeScale });
    const log = logFrom(args, "info");
    await using enforcer = args.enforce === "kernel" ? await enforcerFor(log) : undefined;
    keepHeapTight();
    const serving = await startServing({
      emulator: {
        scheduler,
        timeScale,
        plan,
        drainMs,
        enforcer,
        tracking,
        read: async () => {
          const now = await again();
          const seed = now.seed === undefined ? drawn : checkedSeed(now.seed);
          const reread = await planFrom(draftServe(now), seed, { note: (text) => log.info(text) });
          return { ...reread, needRestart: needingRestart(args, now, token) };
        },
      },
      admin,
      adminHosts: args["admin-host"] ?? [],
      adminToken: token,
      revealDevices: args["reveal-devices"] === true,
      toxiproxyApi: toxiproxy,
      log,
      timerLateness: scheduler.lateness,
    });
    output.outlive();
    const stopReloading = reloadOnSighup(serving.emulator);
    const asked = untilAskedToStop(output, {
      drain: () => serving.drain(drainMs),
      busyCount: () => serving.emulator.busyCount,
    });
    tell(output, serving, args.json === true);
    noteOpenAdmin(serving, args["admin-token-file"], output);
    await asked;
    stopReloading();
    await serving.stop();
    scheduler.stop();
    return EXIT.done;
  },
});

function enforcerFor(log: Log): Promise<KernelEnforcer> {
  return startKernelEnforcer({
    failed: (error) => log.error({ reason: error.message }, "nft failed: flows go on as without --enforce kernel"),
  });
}

/** The address that is told is one that can be called from here. */
function noteOpenAdmin({ admin: { address } }: Serving, tokenFile: string | undefined, output: Output): void {
  if (isLoopback(address.host)) return;
  const at = formatAddress(written(address));
  output.note(`others reach the admin server on ${at} too, and can give orders there with the token in ${tokenFile}`);
}

function noteInsecure(listeners: readonly ListenerDraft[], output: Output): void {
  if (listeners.some(({ insecure }) => insecure))
    output.note("any certificate of the target is taken (--target-insecure)");
}

function tell(output: Output, { emulator, admin, toxiproxyApi }: Serving, asJson: boolean): void {
  if (asJson) return output.json({ ...summary(emulator, admin.url), toxiproxyApi: toxiproxyApi?.url });
  for (const { name, type, address, target, profile, enabled } of emulator.listeners()) {
    const what = type === "https" && name === "https" ? "devices: " : `${name}: `;
    const state = enabled ? "" : " (disabled)";
    output.result(`${what.padEnd(9)} ${type} on ${formatAddress(written(address))}, to ${target}${state}`);
    output.result(`path:     ${pathLine(profile)}`);
  }
  output.result(`seed:     ${emulator.scenario().seed}`);
  if (toxiproxyApi !== undefined) output.result(`toxiproxy: ${toxiproxyApi.url}`);
  output.result(`admin:    ${admin.url}/`);
  output.result(`metrics:  ${admin.url}/metrics`);
}

/** The first listener stands for all, as long as there was only one to tell of. */
function summary(emulator: Emulator, admin: string) {
  const listeners = emulator.listeners().map(({ name, type, address, target, profile, enabled }) => ({
    name,
    type,
    listen: formatAddress(written(address)),
    target,
    profile: profile.name,
    enabled,
  }));
  const [first] = listeners;
  return { listen: first?.listen, admin, profile: first?.profile, seed: emulator.scenario().seed, listeners };
}

/** Every address of this machine is written `:PORT`. */
function written({ host, port }: { readonly host: string; readonly port: number }) {
  return { host: host === "::" ? undefined : host, port };
}
