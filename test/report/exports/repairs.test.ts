import { describe, expect, test } from "vitest";
import { REPAIRS } from "../../../src/report/exports/formats.ts";
import { RECOMMENDED_IDLE_TIMEOUT_MS } from "../../../src/report/exports/repair.ts";
import { hopWith, textOf } from "./hops.ts";

type Format = keyof typeof REPAIRS;

/** The lines that are no comments, where 30 min are set. */
const LINES: readonly (readonly [Format, readonly string[]])[] = [
  [
    "asa",
    [
      "class-map DIRECT-PUSH",
      " match port tcp eq https",
      "policy-map global_policy",
      " class DIRECT-PUSH",
      "  set connection timeout idle 0:30:0",
    ],
  ],
  ["pan-os", ["configure", "set deviceconfig setting session timeout-tcp 1800", "commit"]],
  [
    "fortigate",
    [
      "config system session-ttl",
      "    config port",
      "        edit 443",
      "            set protocol 6",
      "            set timeout 1800",
      "            set start-port 443",
      "            set end-port 443",
      "        next",
      "    end",
      "end",
    ],
  ],
  [
    "srx",
    [
      "configure",
      "set applications application direct-push protocol tcp destination-port 443 inactivity-timeout 1800",
      "set security policies from-zone untrust to-zone trust policy direct-push match source-address any destination-address MAIL application direct-push",
      "set security policies from-zone untrust to-zone trust policy direct-push then permit",
      "commit",
    ],
  ],
  ["f5", ["tmsh create ltm profile tcp direct-push defaults-from tcp idle-timeout 1800"]],
  ["netscaler", ["set lb vserver MAIL -cltTimeout 1800", "set serviceGroup MAIL -svrTimeout 1800"]],
  [
    "aws",
    [
      'aws elbv2 modify-listener-attributes --listener-arn "$LISTENER_ARN" \\',
      "    --attributes Key=tcp.idle_timeout.seconds,Value=1800",
    ],
  ],
  [
    "azure",
    [
      'az network lb rule update --resource-group "$RESOURCE_GROUP" --lb-name "$LOAD_BALANCER" --name "$RULE" \\',
      "    --idle-timeout 30 --enable-tcp-reset true",
    ],
  ],
];

const FORMATS = Object.entries(REPAIRS);

test("every format stands in the table below", () => {
  expect(LINES.map(([format]) => format)).toEqual(Object.keys(REPAIRS));
});

test.each(LINES)("%s sets the recommended 30 min by the product's own commands", (format, lines) => {
  const text = textOf(REPAIRS[format](hopWith(), RECOMMENDED_IDLE_TIMEOUT_MS));
  expect(text.split("\n").filter((line) => !/^[#!]/u.test(line))).toEqual(lines);
});

test.each(FORMATS)("%s says what it is for, and what the hop has", (_, repair) => {
  expect(textOf(repair(hopWith(), RECOMMENDED_IDLE_TIMEOUT_MS)).split("\n").slice(0, 2)).toEqual([
    expect.stringMatching(
      /^[#!] Idle time-out of 30 min for Direct Push \(Understanding Direct Push: 15 to 30 min\).$/u,
    ),
    expect.stringMatching(/^[#!] In place of less: hop edge of the profile a-path waits 13 min.$/u),
  ]);
});

test("a value of one's own is told as such, and a hop that waits as long already is named", () => {
  const text = textOf(REPAIRS.asa(hopWith({ idleTimeoutMs: 3_600_000 }), 3_600_000));
  expect(text).toContain("! Idle time-out of 60 min for Direct Push (chosen with --idle-timeout).");
  expect(text).toContain("! Needed only where yours is shorter: hop edge of the profile a-path waits 60 min already.");
  expect(text).toContain("\n  set connection timeout idle 1:0:0\n");
});

test.each(FORMATS)("%s writes nothing but comments where its lines would shorten what the hop has", (_, repair) => {
  const asSet = textOf(repair(hopWith(), RECOMMENDED_IDLE_TIMEOUT_MS)).split("\n").slice(2);
  const longer = hopWith({ idleTimeoutMs: RECOMMENDED_IDLE_TIMEOUT_MS + 1 });
  const [, nothing, why, ...lines] = textOf(repair(longer, RECOMMENDED_IDLE_TIMEOUT_MS)).split("\n");
  expect(nothing).toMatch(/^[#!] Nothing to set: hop edge of the profile a-path waits 30 min already.$/u);
  expect(why).toMatch(/^[#!] These lines would shorten that, so they are comments. Take them only where yours is /u);
  expect(lines.map((line) => line.replace(/^[#!] /u, ""))).toEqual(asSet.map((line) => line.replace(/^[#!] /u, "")));
  for (const line of lines) expect(line).toMatch(/^[#!] /u);
});

test.each([780_000, 3_600_000])(
  "pan-os says beside %d ms that an application or service may override it",
  (present) => {
    const text = textOf(REPAIRS["pan-os"](hopWith({ idleTimeoutMs: present }), RECOMMENDED_IDLE_TIMEOUT_MS));
    expect(text).toMatch(/^# Global: a time-out of the application's own \(Objects > Applications\) overrides it, /mu);
    expect(text).toMatch(/^# \(Objects > Services\) both\. /mu);
  },
);

test("srx lets devices in to the mail server alone, and says where its policy belongs", () => {
  const text = textOf(REPAIRS.srx(hopWith(), RECOMMENDED_IDLE_TIMEOUT_MS));
  expect(text).toMatch(
    /^# Zones and MAIL, the mail server's entry of the address book, by the names that yours have\.$/mu,
  );
  expect(text).toMatch(/\n# insert security policies .* policy direct-push before policy THAT-ONE\ncommit$/u);
});

test("the hop of a reverse proxy is AWS's Application Load Balancer, any other its Network Load Balancer", () => {
  expect(textOf(REPAIRS.aws(hopWith({ kind: "reverse-proxy" }), 1_800_000))).toMatch(
    /modify-load-balancer-attributes --load-balancer-arn "\$LOAD_BALANCER_ARN" \\\n {4}--attributes Key=idle_timeout.timeout_seconds,Value=1800$/u,
  );
});

describe("the range of each product", () => {
  test.each<readonly [Format, number, number]>([
    ["asa", 1000, 1193 * 3_600_000],
    ["pan-os", 1000, 15_999_999_000],
    ["fortigate", 300_000, 2_764_800_000],
    ["srx", 4000, 86_400_000],
    ["f5", 1000, 4_294_967_295_000],
    ["netscaler", 1000, 31_536_000_000],
    ["aws", 60_000, 6_000_000],
    ["azure", 240_000, 6_000_000],
  ])("%s takes %d to %d ms, and refuses what is outside or between its steps", (format, least, most) => {
    const repair = REPAIRS[format];
    expect([repair(hopWith(), least).kind, repair(hopWith(), most).kind]).toEqual(["text", "text"]);
    for (const ms of [least - 1000, most + 1000, least + 1])
      expect(repair(hopWith(), ms)).toMatchObject({
        kind: "refusal",
        reason: expect.stringMatching(
          /^found [\d.]+ (?:s|min) for hop edge, expected whole ones from \d+ to \d+ (?:s|min): .* takes no other$/u,
        ),
      });
  });

  test("of an Application Load Balancer ends at 4000 s", () => {
    const alb = hopWith({ kind: "reverse-proxy" });
    expect([REPAIRS.aws(alb, 4_000_000).kind, REPAIRS.aws(alb, 4_001_000).kind]).toEqual(["text", "refusal"]);
  });
});
