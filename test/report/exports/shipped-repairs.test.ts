import { describe, expect, test } from "vitest";
import { exportedHop } from "../../../src/cli/commands/profiles/exported-hop.ts";
import { shippedNames, shippedProfile } from "../../../src/live/profile-files.ts";
import { REPAIRS } from "../../../src/report/exports/formats.ts";
import { RECOMMENDED_IDLE_TIMEOUT_MS } from "../../../src/report/exports/repair.ts";
import type { ExportedHop } from "../../../src/report/exports/subject.ts";
import { hopWith } from "./hops.ts";

type Format = keyof typeof REPAIRS;

/** Shipped profiles of a product that a format sets, and the command that sets this very one. */
const SET: Readonly<Record<string, readonly [Format, string]>> = {
  "aws-alb": ["aws", "Key=idle_timeout.timeout_seconds,Value=1800"],
  "aws-classic-lb": ["aws", `--load-balancer-attributes '{"ConnectionSettings":{"IdleTimeout":1800}}'`],
  "aws-gateway-lb": ["aws", "Key=tcp.idle_timeout.seconds,Value=1800"],
  "aws-network-firewall": ["aws", ".StatefulEngineOptions.FlowTimeouts.TcpIdleTimeoutSeconds = 1800"],
  "aws-nlb": ["aws", "aws elbv2 modify-listener-attributes"],
  "aws-security-group": ["aws", "--connection-tracking-specification TcpEstablishedTimeout=1800"],
  "azure-aks-outbound": ["azure", "--load-balancer-idle-timeout 30"],
  "azure-app-gateway": ["azure", "az network application-gateway http-settings update"],
  "azure-lb": ["azure", "az network lb rule update"],
  "azure-lb-tcp-reset": ["azure", "az network lb rule update"],
  "azure-nat-gateway": ["azure", "az network nat gateway update"],
  "cisco-asa": ["asa", "set connection timeout idle 0:30:0"],
  "cisco-asa-reset": ["asa", "set connection timeout idle 0:30:0"],
  "f5-fastl4": ["f5", "tmsh create ltm profile fastl4 direct-push defaults-from fastL4 idle-timeout 1800"],
  "f5-tcp": ["f5", "tmsh create ltm profile tcp direct-push defaults-from tcp idle-timeout 1800"],
  fortigate: ["fortigate", "set timeout 1800"],
  "fortigate-reset": ["fortigate", "set timeout 1800"],
  "juniper-srx": ["srx", "inactivity-timeout 1800"],
  netscaler: ["netscaler", "set lb vserver MAIL -cltTimeout 1800"],
  "netscaler-tcp": ["netscaler", "set lb vserver MAIL -cltTimeout 1800"],
  "palo-alto-pan-os": ["pan-os", "session timeout-tcp 1800"],
};

/** Products of vendors above whose time-outs nobody can set, or not to 30 min, with the reason. */
const REFUSED: Readonly<Record<string, readonly [Format, string]>> = {
  "aws-nlb-tls": ["aws", "expected a time-out that can be set: the 350 s of a TLS listener are fixed"],
  "aws-nat-gateway": ["aws", "expected a time-out that can be set: the 350 s of a NAT gateway are fixed"],
  "azure-front-door": ["azure", "found 1800 s for hop proxy, expected whole ones from 16 to 240 s"],
  "cisco-ftd": ["asa", "(Cisco: FTD, Platform Settings, Timeouts, Connection), expected a Cisco ASA"],
  "cisco-ios-nat": ["asa", "found hop nat of cisco-ios-nat (Cisco: IOS, ip nat translation tcp-timeout)"],
  fortiadc: ["fortigate", "expected a FortiGate, or a hop that names no product"],
  "juniper-services-pic": ["srx", "expected a Juniper SRX, or a hop that names no product"],
};

const FORMATS = ["asa", "pan-os", "fortigate", "srx", "f5", "netscaler", "aws", "azure"] as const satisfies Format[];

interface Shipped {
  readonly name: string;
  readonly hop: ExportedHop;
}

/** Profiles that no format has words for, because a hop has two time-outs. */
const OF_TWO_TIME_OUTS: readonly string[] = ["dlink-netdefendos"];

const SHIPPED: readonly Shipped[] = shippedNames()
  .filter((name) => !OF_TWO_TIME_OUTS.includes(name))
  .flatMap((name) => hopsOf(name).map((hop) => ({ name, hop })));

test("every format and every shipped profile is looked at", () => {
  expect(FORMATS).toEqual(Object.keys(REPAIRS));
  const looked = [...SHIPPED.map(({ name }) => name), ...OF_TWO_TIME_OUTS, "direct"];
  expect(new Set(looked)).toEqual(new Set(shippedNames()));
  for (const name of OF_TWO_TIME_OUTS) expect(() => hopsOf(name)).toThrow(/^found 2 idle time-outs at hop /u);
});

function hopsOf(name: string): readonly ExportedHop[] {
  const profile = shippedProfile(name);
  if (profile === undefined) throw new Error(`no profile is called ${name}`);
  const acting = profile.hops.filter(({ conditions }) => conditions.length > 0);
  return acting.map((hop) => exportedHop(profile, hop.name));
}

describe.each(FORMATS)("%s", (format) => {
  test.each(SHIPPED)("says how the time-out of $name is set, or why it does not", ({ name, hop }) => {
    const exported = REPAIRS[format](hop, RECOMMENDED_IDLE_TIMEOUT_MS);
    const [kind, ...words] = expected(format, name, hop);
    expect(exported.kind).toBe(kind);
    for (const word of words) expect(exported.kind === "text" ? exported.text : exported.reason).toContain(word);
  });
});

/** Whether a format writes something for a hop, and what it says. */
function expected(format: Format, name: string, hop: ExportedHop): readonly string[] {
  const [own, command = ""] = SET[name] ?? [];
  if (own === format) return ["text", command];
  const [refusing, reason = ""] = REFUSED[name] ?? [];
  if (refusing === format) return ["refusal", reason, `hop ${hop.hop}`];
  if (namesNoProduct(hop)) return ["text"];
  return ["refusal", `found hop ${hop.hop} of ${name} (${hop.vendor}: `, ", or a hop that names no product"];
}

/** Carriers, advice and chains say what time-outs there are, not of which product. */
function namesNoProduct({ category, vendor }: ExportedHop): boolean {
  return vendor === undefined || ["carrier", "chain", "reference", "standard"].includes(`${category}`);
}

test("the Front Door takes a time-out that it can have", () => {
  const hop = SHIPPED.find(({ name }) => name === "azure-front-door")?.hop ?? hopWith();
  expect(REPAIRS.azure(hop, 240_000)).toMatchObject({
    kind: "text",
    text: expect.stringMatching(/^az afd profile update .* \\\n {4}--origin-response-timeout-seconds 240$/mu),
  });
});

test.each<readonly [Format, string, Partial<ExportedHop>, string]>([
  ["aws", "Amazon Web Services", { kind: "reverse-proxy" }, "idle_timeout.timeout_seconds"],
  ["aws", "Amazon Web Services", { kind: "firewall" }, "tcp.idle_timeout.seconds"],
  ["azure", "Microsoft Azure", { kind: "reverse-proxy" }, "az network application-gateway"],
  ["azure", "Microsoft Azure", { kind: "firewall" }, "az network lb rule update"],
  ["f5", "F5 Networks", { kind: "load-balancer" }, "ltm profile tcp"],
])("%s sets the usual product of a hop that names none, of %s or nobody: %j", (format, vendor, said, command) => {
  const written = { kind: "text", text: expect.stringContaining(command) };
  expect(REPAIRS[format](hopWith(said), RECOMMENDED_IDLE_TIMEOUT_MS)).toMatchObject(written);
  expect(REPAIRS[format](hopWith({ ...said, vendor }), RECOMMENDED_IDLE_TIMEOUT_MS)).toMatchObject(written);
});

test("a product without a vendor is any vendor's", () => {
  expect(REPAIRS.asa(hopWith({ product: "a box" }), RECOMMENDED_IDLE_TIMEOUT_MS)).toMatchObject({ kind: "text" });
});

test("the range of a Classic Load Balancer ends at 3600 s, that of an Application Gateway at 30 min", () => {
  const classic = hopWith({ vendor: "AWS", product: "Classic Load Balancer" });
  expect([3_600_000, 3_601_000].map((ms) => REPAIRS.aws(classic, ms).kind)).toEqual(["text", "refusal"]);
  const gateway = hopWith({ vendor: "Microsoft Azure", product: "Application Gateway" });
  expect([1_800_000, 1_860_000].map((ms) => REPAIRS.azure(gateway, ms).kind)).toEqual(["text", "refusal"]);
});
