import { describe, expect, test } from "vitest";
import { formatBase64Query } from "../../src/activesync/query-base64.ts";
import { queryFault } from "../../src/activesync/iis-query.ts";
import { IisLog } from "../../src/activesync/iis-log.ts";
import type { LogReading } from "../../src/activesync/log-entry.ts";

const FIELDS =
  "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken";
const AT = Date.parse("2026-11-26T07:03:38Z");
const STEM = "/Microsoft-Server-ActiveSync/default.eas";
const PHONE = "User=anna&DeviceId=ABC123&DeviceType=iPhone";

function log(...head: readonly string[]): IisLog {
  const reader = new IisLog();
  for (const line of head.length === 0 ? [FIELDS] : head) expect(reader.read(line)).toEqual({ kind: "other" });
  return reader;
}

function read(query: string, end = "200 0 0 600013", stem = STEM): LogReading {
  return log().read(`2026-11-26 07:03:38 10.0.0.5 POST ${stem} ${query} 443 CONTOSO\\anna 10.1.1.1 Apple/1 ${end}`);
}

describe("lines of Exchange", () => {
  test("2010: a Ping that another one ended, its items without colons", () => {
    const items = "V141_LdapC1_RpcC28_RpcL31_Hb1680_S3_Error:PingCollisionDetected_Mbx:EX1_Throttle0";
    const query = `Cmd=Ping&User=anna&DeviceId=ABC123&DeviceType=KSAndroid&Log=${items}_Budget:(A)Conn%3a1%2cHangingConn%3a0`;
    expect(read(query, "200 0 0 218")).toEqual({
      kind: "entry",
      at: AT,
      device: expect.any(Number),
      deviceType: "KSAndroid",
      command: "Ping",
      intervalSeconds: 1680,
      ending: "replaced",
      waitedMs: 218,
      messages: undefined,
    });
  });

  test("2016: a Ping that ran its 600 s, its items with colons", () => {
    const items = "Ver1:161_Hb:600_Rto:2_Cpo:656_Fet:600000_TmRcv:06:53:38.44_TmCmpl:07:03:38.44_MaxConn:10,";
    expect(read(`${PHONE}&Cmd=Ping&Log=${items}`)).toMatchObject({
      deviceType: "iPhone",
      command: "Ping",
      intervalSeconds: 600,
      ending: "held",
    });
  });

  test("a long Ping that fails behind a server that hands it on", () => {
    const query = `Cmd=Ping&${PHONE}&Log=PrxTo:cas2.contoso.com_Error:AirSyncPermanentException`;
    expect(read(query, "500 0 0 631180")).toMatchObject({ command: "Ping", ending: "refused" });
  });

  test("a Ping that is handed on has its interval in the other server's log", () => {
    expect(read(`Cmd=Ping&${PHONE}&Log=PrxTo:cas2.contoso.com_V141`)).toEqual({ kind: "handedOn" });
    expect(
      read(
        `Cmd=Ping&${PHONE}&Log=PrxFrom:10.0.0.4_V141_Hb600`,
        "200 0 0 600013",
        `${STEM.slice(0, 28)}/Proxy/default.eas`,
      ),
    ).toMatchObject({
      intervalSeconds: 600,
    });
  });

  test("a query in base64, and Exchange's items behind it", () => {
    const query = formatBase64Query({
      form: "base64",
      protocolVersion: "14.1",
      command: "Ping",
      locale: 0x0409,
      deviceId: "ABC123",
      deviceType: "SmartPhone",
      user: "anna",
      parameters: [],
    });
    const plain = read(`${PHONE}&Cmd=Ping&Log=V141_Hb600`);
    for (const each of [query, query.replace(/=+$/u, ""), encodeURIComponent(query)])
      expect(read(`${each}&Log=V141_Hb600`)).toEqual({ ...plain, deviceType: "SmartPhone" });
  });

  test("a parameter of one letter before all others is no base64", () => {
    expect(read("DeviceId=A&Cmd=Ping&Log=Hb600&DeviceType=")).toMatchObject({ command: "Ping", intervalSeconds: 600 });
  });

  test.each(["iPhone", "iPad", "iPad1"])("base64 with each length of padding, as of a %s", (deviceType) => {
    const query = formatBase64Query({
      form: "base64",
      protocolVersion: "16.1",
      command: "Sync",
      locale: 0,
      deviceId: "ABC123",
      deviceType,
      parameters: [],
    });
    expect(read(`${query}&Log=V161`)).toMatchObject({ command: "Sync", deviceType });
  });

  test("Microsoft's own example of base64, without a user", () => {
    expect(read("jAAJBAp2MTQwRGV2aWNlAApTbWFydFBob25l")).toMatchObject({ command: "Sync", deviceType: "SmartPhone" });
  });
});

describe("how a Ping ended", () => {
  test.each([
    ["V141_Hb600_S1", "200 0 0 1000", "held"],
    ["V141_Hb600_S:2", "200 0 0 1000", "changes"],
    ["V141_Hb600_S2", "200 0 0 1000", "changes"],
    ["V141_Hb600_S3", "200 0 0 1000", "refused"],
    ["V141_Hb600_S8", "200 0 0 1000", "refused"],
    ["V141_Hb600_S9", "200 0 0 1000", "early"],
    ["V141_Hb600", "200 0 0 597999", "early"],
    ["V141_Hb600", "200 0 0 598000", "held"],
    ["V141_Hb600", "200 0 64 300000", "failed"],
    ["V141_Hb600", "503 0 0 20", "refused"],
    ["V141_Hb600", "200 0 0 -", "unknown"],
    ["V141_Hb600", "- 0 0 600000", "held"],
    ["V141", "200 0 0 600000", "unknown"],
    ["V141_Sk17_St:S_Srv:1a", "200 0 0 600000", "unknown"],
  ])("%s with %s is %s", (items, end, ending) => {
    expect(read(`Cmd=Ping&${PHONE}&Log=${items}`, end)).toMatchObject({ ending });
  });

  test.each([
    ["Hb600", 600],
    ["Hb%3a600", 600],
    ["V141_Hb:600_", 600],
    ["V141_Hbx_Hb600", 600],
    ["V141_Hb600x", undefined],
    ["V141_Hb", undefined],
    ["V141_Hb0", undefined],
    ["V141_Hb86401", undefined],
    ["V141_Hb1234567890", undefined],
  ])("the interval of %s is %s", (items, intervalSeconds) => {
    expect(read(`Cmd=Ping&${PHONE}&Log=${items}`)).toMatchObject({ intervalSeconds });
  });
});

describe("messages that a Sync brought", () => {
  test.each([
    ["Ty:Em_St:S_Sk:1_Cli:0a0c_Srv:2a0c0d0s0e0r", 2],
    ["TyEm_StS_Svr:2A0C0D0F0E", 2],
    ["Ty%3aEm_Svr%3a3a0c", 3],
    ["Ty:Em_St:S_Srv:2a0c_Ty:Ca_St:S_Srv:4a0c_Ty:Em_St:S_Srv:1a0c", 3],
    ["Ty:Em_St:F_Srv:200a0c", 0],
    ["Ty:Ca_St:S_Srv:2a0c", 0],
    ["Ty:Em_St:S_Srv:none", undefined],
    ["Ty:Em_St:S", undefined],
  ])("%s tells %s", (items, messages) => {
    const ending = messages === undefined || messages === 0 ? "unknown" : "changes";
    expect(read(`Cmd=Sync&${PHONE}&Log=${items}`)).toMatchObject({ command: "Sync", messages, ending });
  });
});

describe("what is passed over", () => {
  test.each([
    ["another path", "a=1", "200 0 0 1", "/owa/"],
    ["the health page", "a=1", "200 0 0 1", "/Microsoft-Server-ActiveSync/healthcheck.htm"],
    ["the first half of a handshake", `Cmd=Ping&${PHONE}`, "401 1 0 1", STEM],
    ["a request of no device", "-", "200 0 0 1", STEM],
    [
      "a parameter of that length that is another",
      "Cmd=Ping&Name=a&Usr=b&no&saveinsent=T&Occurrence0=1",
      "200 0 0 1",
      STEM,
    ],
  ])("%s", (_, query, end, stem) => {
    expect(read(query, end, stem)).toEqual({ kind: "other" });
  });

  test("commands that do not wait have neither interval nor end, but a device", () => {
    expect(read(`Cmd=SENDMAIL&${PHONE}&Log=V141_Hb600`)).toMatchObject({
      command: "SendMail",
      intervalSeconds: undefined,
      ending: "unknown",
    });
    expect(read(`Cmd=Undo&${PHONE}`)).toMatchObject({ command: "Undo" });
  });
});

describe("fields", () => {
  test("in any order, and in another one from the next #Fields on", () => {
    const reader = log("#Software: IIS", "#Fields: time-taken cs-uri-query cs-uri-stem time date sc-status");
    const query = `Cmd=ping&${PHONE}&Log=V141_Hb600`;
    const first = reader.read(`600013 ${query} ${STEM} 07:03:38 2026-11-26 200`);
    expect(first).toMatchObject({ at: AT, command: "Ping", ending: "held" });
    expect(reader.read("#Fields: cs-uri-stem cs-uri-query time date x-new")).toEqual({ kind: "other" });
    expect(reader.read(`${STEM} ${query} 07:03:38 2026-11-26 -`)).toEqual({
      ...first,
      ending: "unknown",
      waitedMs: undefined,
    });
  });

  test("that lack what is needed leave what follows unread, whatever they were before", () => {
    const reader = log("#Fields: date time cs-uri-stem cs-uri-query");
    expect(reader.read("#Fields: date time cs-uri-query x-new")).toMatchObject({ kind: "broken" });
    expect(reader.read(`2026-11-26 07:03:38 ${STEM} Cmd=Ping&${PHONE}`)).toEqual({
      kind: "broken",
      reason: "no #Fields line stands before it",
    });
  });

  test.each(["24:00:00", "07:60:00", "07:03:61"])("%s is no time", (time) => {
    const reader = log("#Fields: date time cs-uri-stem cs-uri-query");
    expect(reader.read(`2026-11-26 ${time} ${STEM} Cmd=Ping&${PHONE}`)).toMatchObject({ kind: "broken" });
  });

  test("the date may stand in #Date alone", () => {
    const reader = log("#Date: 2026-11-26 00:00:00", "#Fields: time cs-uri-stem cs-uri-query");
    expect(reader.read(`07:03:38 ${STEM} Cmd=Ping&${PHONE}`)).toMatchObject({ at: AT });
  });

  describe("where the date stands in #Date alone", () => {
    /** Days since the first, of lines at these times. */
    function daysOf(...times: readonly string[]): readonly number[] {
      const reader = log("#Date: 2026-11-26 07:00:00", "#Fields: time cs-uri-stem cs-uri-query");
      return times.map((time) => {
        const reading = reader.read(`${time} ${STEM} Cmd=Ping&${PHONE}`);
        return reading.kind === "entry" ? Math.floor((reading.at - Date.UTC(2026, 10, 26)) / 86_400_000) : Number.NaN;
      });
    }

    test("a day begins at each midnight", () => {
      expect(daysOf("07:00:00", "23:59:59", "00:00:00", "23:00:00", "00:09:00")).toEqual([0, 0, 1, 1, 2]);
    });

    test("lines that are a little late move no day", () => {
      expect(daysOf("12:00:00", "11:59:00", "23:59:59", "00:00:01", "23:59:58", "00:00:02")).toEqual([
        0, 0, 0, 1, 0, 1,
      ]);
    });

    test("what is silent from its first hour on to its last one is of one day", () => {
      expect(daysOf("00:10:00", "23:50:00", "00:05:00")).toEqual([0, 0, 1]);
    });

    test("a time that is none moves nothing", () => {
      expect(daysOf("23:00:00", "25:00:00", "23:30:00")).toEqual([0, Number.NaN, 0]);
    });

    test("the next #Date counts from then on", () => {
      const reader = log("#Date: 2026-11-26 23:00:00", "#Fields: time cs-uri-stem cs-uri-query");
      const at = (time: string) => reader.read(`${time} ${STEM} Cmd=Ping&${PHONE}`);
      at("23:59:00");
      reader.read("#Date: 2026-11-27 00:00:00");
      expect(at("00:01:00")).toMatchObject({ at: Date.UTC(2026, 10, 27, 0, 1) });
    });
  });

  test.each([
    ["CORP%5canna", "anna"],
    ["CORP%5Canna", "anna"],
    ["CORP\\anna", "anna"],
    ["ann%61", "anna"],
    ["anna%40corp.example", "anna@corp.example"],
    ["100%", "100%"],
  ])("the user %s is %s", (one, other) => {
    const reader = log("#Fields: date time cs-uri-stem cs-uri-query cs-username");
    const [queried, same, signedIn, stranger] = [`&User=${one} -`, `&User=${other} -`, ` ${other}`, ` berta`].map(
      (end) => reader.read(`2026-11-26 07:03:38 ${STEM} Cmd=Ping&DeviceId=ABC123${end}`),
    );
    expect([queried, signedIn]).toEqual([same, same]);
    expect(stranger).not.toEqual(same);
  });

  test("the signed-in user stands in for one that the query lacks", () => {
    const reader = log("#Fields: date time cs-uri-stem cs-uri-query cs-username");
    const [anna, berta] = ["anna", "berta"].map((user) =>
      reader.read(`2026-11-26 07:03:38 ${STEM} Cmd=Ping&DeviceId=ABC123 ${user}`),
    );
    expect(anna).not.toEqual(berta);
    expect(reader.read(`2026-11-26 07:03:38 ${STEM} Cmd=Ping&DeviceID=abc123&User=ANNA -`)).toEqual(anna);
  });
});

describe("broken lines tell why", () => {
  test.each([
    ["2026-11-26 07:03:38 10.0.0.5 POST", "found 4 fields, expected 14 as #Fields names them"],
    ["\u0001\u00ff rubbish", "found 2 fields, expected 14 as #Fields names them"],
    ["#Fields: date s-ip", "#Fields lacks time and cs-uri-stem and cs-uri-query"],
  ])("%s", (line, reason) => {
    expect(log().read(line)).toEqual({ kind: "broken", reason });
  });

  test.each([
    ["26.11.2026", "07:03:38"],
    ["2026-13-26", "07:03:38"],
    ["2026-11-26", "7:03"],
    ["2026-11-26", "ab:cd:ef"],
  ])("an instant of %s %s", (date, time) => {
    const reader = log("#Fields: date time cs-uri-stem cs-uri-query");
    const line = `${date} ${time} ${STEM} Cmd=Ping&${PHONE}`;
    expect(reader.read(line)).toEqual({ kind: "broken", reason: "found no date and time" });
  });

  test("a #Date that is none leaves no date", () => {
    const reader = log("#Date: today", "#Fields: time cs-uri-stem cs-uri-query");
    expect(reader.read(`07:03:38 ${STEM} Cmd=Ping&${PHONE}`)).toEqual({
      kind: "broken",
      reason: "found no date and time",
    });
  });

  test("base64 that breaks its layout", () => {
    expect(read("AAAAAAAAAAAA")).toEqual({
      kind: "broken",
      reason: expect.stringMatching(/^cs-uri-query: protocol version 0/u),
    });
  });

  test("lines before any #Fields", () => {
    expect(new IisLog().read("a b c")).toEqual({ kind: "broken", reason: "no #Fields line stands before it" });
  });
});

test("only what breaks a query's form is the line's fault", () => {
  const bug = new RangeError("a fault of idlewall's own");
  expect(() => queryFault(bug)).toThrow(bug);
});
