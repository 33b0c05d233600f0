import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { REPRODUCTIONS } from "../../../src/report/exports/formats.ts";
import { CLOSE, ENDS, PLAIN_ENDS, RESET, RESET_ON_NEXT, hopWith, respond, textOf } from "./hops.ts";

const { nftables, haproxy, nginx, envoy, toxiproxy } = REPRODUCTIONS;

/** One line each, without what stands before and behind it. */
function lines(text: string): readonly string[] {
  return text.split("\n").map((line) => line.trim());
}

describe("every format", () => {
  test.each([
    ["haproxy", respond(504)],
    ["nginx", respond(504)],
    ["envoy", respond(504)],
    ["nftables", hopWith().atExpiry],
  ] as const)(
    "%s says which hop it shows and where the figure comes from, on lines of their own",
    (format, atExpiry) => {
      const text = textOf(REPRODUCTIONS[format](hopWith({ atExpiry, source: "two\nlines\u0007 {" }), ENDS));
      expect(text).toMatch(
        /^# idlewall profile a-path, hop edge: 13 min, then toDevice=(?:drop|respond:504),toServer=/mu,
      );
      expect(text).toMatch(/^# source: two lines \{$/mu);
    },
  );

  test.each(Object.entries(REPRODUCTIONS))("%s refuses a timer that only one direction restarts", (_, format) => {
    for (const atExpiry of [hopWith().atExpiry, CLOSE, respond(504)]) {
      const result = format(hopWith({ refreshedBy: "toServer", atExpiry }), ENDS);
      expect(result.kind).toBe("refusal");
    }
  });

  test.each([
    ["nftables", RESET],
    ["nftables", CLOSE],
    ["nftables", respond(504)],
    ["nftables", { toDevice: "drop", toServer: "reset" }],
    ["haproxy", RESET],
    ["haproxy", RESET_ON_NEXT],
    ["haproxy", { toDevice: { respond: 504 }, toServer: "drop" }],
    ["nginx", CLOSE],
    ["nginx", hopWith().atExpiry],
    ["envoy", RESET],
    ["toxiproxy", respond(504)],
    ["toxiproxy", { toDevice: "drop", toServer: "reset" }],
  ] as const)("%s refuses %j with what it found and what it can say", (format, atExpiry) => {
    const result = REPRODUCTIONS[format](hopWith({ atExpiry }), ENDS);
    expect(result).toMatchObject({
      kind: "refusal",
      reason: expect.stringMatching(/^found toDevice=.*,toServer=.* at hop edge, expected /u),
    });
  });
});

describe("nftables", () => {
  test("sets the time-out of new flows, and those that silence does not end by itself", () => {
    const text = textOf(nftables(hopWith(), ENDS));
    expect(lines(text)).toContain("policy = { established : 780, close_wait : 780, unack : 780, retrans : 780 };");
    expect(text).toContain(
      `tcp dport 8443 ct state new tcp flags & (fin | syn | rst | ack) == syn ct timeout set "idle"`,
    );
  });

  test.each([
    [{ toDevice: "drop", toServer: "drop" }, "drop", "drop"],
    [RESET_ON_NEXT, "reject with tcp reset", "reject with tcp reset"],
    [{ toDevice: "drop", toServer: "reset-on-next" }, "drop", "reject with tcp reset"],
  ] as const)("%j answers the device's later packets with %s, the server's with %s", (atExpiry, device, server) => {
    const found = lines(textOf(nftables(hopWith({ atExpiry }), ENDS)));
    expect(found.filter((line) => line.includes("!= syn"))).toEqual([
      expect.stringMatching(new RegExp(`^tcp dport 8443 .*!= syn ${device}$`, "u")),
      expect.stringMatching(new RegExp(`^tcp sport 8443 .*!= syn ${server}$`, "u")),
    ]);
  });

  test.each([
    [undefined, "is not known"],
    [true, "as the profile's hop does"],
    [false, "does not, so switch them off"],
  ])("says what keepalives do there when the hop says %s", (refreshedByKeepalive, words) => {
    const said = refreshedByKeepalive === undefined ? {} : { refreshedByKeepalive };
    expect(textOf(nftables(hopWith(said), ENDS))).toContain(words);
  });

  test("refuses parts of a second, which conntrack does not count", () => {
    expect(nftables(hopWith({ idleTimeoutMs: 1500 }), ENDS)).toEqual({
      kind: "refusal",
      reason: "found 1500 ms at hop edge, expected whole seconds",
    });
  });
});

describe("haproxy", () => {
  test("answers in HTTP mode, with a device's time-out that never fires first", () => {
    const found = lines(textOf(haproxy(hopWith({ atExpiry: respond(504) }), ENDS)));
    expect(found).toEqual(expect.arrayContaining(["mode http", "timeout client 840000ms", "timeout server 780000ms"]));
    expect(found).toContain("bind :::443 v4v6 ssl crt /etc/mail.pem");
    expect(found.some((line) => line.includes("set-status"))).toBe(false);
    expect(found.some((line) => /^server mail mail.example.com:8443 ssl verify required .*sni/u.test(line))).toBe(true);
  });

  test("gives its own 504 the status of the hop", () => {
    const found = lines(textOf(haproxy(hopWith({ atExpiry: respond(524) }), PLAIN_ENDS)));
    expect(found).toContain("http-after-response set-status 524 if { status 504 }");
    expect(found).toContain("bind [::1]:8080 ssl crt /etc/mail.pem");
    expect(found).toContain("server mail [::1]:8081 init-addr last,libc,none");
  });

  test.each(["192.0.2.1", "2001:db8::1"])("sends no address as SNI: %s", (host) => {
    const target = { ...ENDS.target, host };
    expect(textOf(haproxy(hopWith({ atExpiry: respond(504) }), { ...ENDS, target }))).not.toContain("sni");
    const text = textOf(envoy(hopWith({ atExpiry: respond(504) }), { ...ENDS, target }));
    expect(text).not.toContain("sni");
    expect(text).toContain(`{ san_type: IP_ADDRESS, matcher: { exact: "${host}" } }`);
  });

  test("closes in TCP mode, where the silence of both directions counts", () => {
    const found = lines(textOf(haproxy(hopWith({ atExpiry: CLOSE }), ENDS)));
    expect(found).toEqual(expect.arrayContaining(["mode tcp", "timeout tunnel 780000ms", "bind :::443 v4v6"]));
  });

  test("refuses what its timer can't count", () => {
    const most = 2_147_483_647 - 60_000;
    expect(haproxy(hopWith({ atExpiry: CLOSE, idleTimeoutMs: most }), ENDS).kind).toBe("text");
    expect(haproxy(hopWith({ atExpiry: CLOSE, idleTimeoutMs: most + 1 }), ENDS)).toMatchObject({
      reason: expect.stringMatching(/^found 2147423648 ms at hop edge, expected 24 days at most$/u),
    });
  });
});

describe("nginx", () => {
  test("waits for the server's answer as long as the hop does, and verifies who answers", () => {
    const found = lines(textOf(nginx(hopWith({ atExpiry: respond(504) }), ENDS)));
    expect(found).toEqual(
      expect.arrayContaining([
        "listen 443 ssl;",
        "ssl_certificate /etc/mail.pem;",
        "ssl_certificate_key /etc/mail-key.pem;",
        "proxy_pass https://mail.example.com:8443;",
        "proxy_ssl_verify on;",
        "proxy_read_timeout 780000ms;",
      ]),
    );
    expect(found.some((line) => line.includes("@expired"))).toBe(false);
  });

  test("answers with the status of the hop, in the clear where the server is", () => {
    const found = lines(textOf(nginx(hopWith({ atExpiry: respond(524) }), PLAIN_ENDS)));
    expect(found).toEqual(
      expect.arrayContaining([
        "listen [::1]:8080 ssl;",
        "proxy_pass http://[::1]:8081;",
        "error_page 504 = @expired;",
        "return 524;",
      ]),
    );
  });
});

describe("envoy", () => {
  const bootstrap = (...args: Parameters<typeof envoy>) => ({ file: parse(textOf(envoy(...args))) as unknown });
  const filters = (filter: object) => ({
    static_resources: { listeners: [{ filter_chains: [{ filters: [{ typed_config: filter }] }] }] },
  });

  test("answers after an idle stream, and leaves the length of the answer free", () => {
    const { file } = bootstrap(hopWith({ atExpiry: respond(504) }), ENDS);
    expect(file).toMatchObject(
      filters({
        stream_idle_timeout: "780s",
        route_config: { virtual_hosts: [{ routes: [{ route: { cluster: "mail", timeout: "0s" } }] }] },
      }),
    );
    expect(JSON.stringify(file)).not.toContain("local_reply_config");
    expect(file).toMatchObject({
      static_resources: {
        listeners: [{ address: { socket_address: { address: "0.0.0.0", port_value: 443 } } }],
        clusters: [{ transport_socket: { typed_config: { sni: "mail.example.com" } } }],
      },
    });
  });

  test("gives its own 504 the status of the hop", () => {
    const { file } = bootstrap(hopWith({ atExpiry: respond(524), idleTimeoutMs: 1500 }), PLAIN_ENDS);
    expect(file).toMatchObject(
      filters({ stream_idle_timeout: "1.5s", local_reply_config: { mappers: [{ status_code: 524 }] } }),
    );
    expect(JSON.stringify(file)).not.toContain("UpstreamTlsContext");
  });

  test("closes as a TCP proxy, without touching TLS", () => {
    const { file } = bootstrap(hopWith({ atExpiry: CLOSE }), ENDS);
    expect(file).toMatchObject(filters({ idle_timeout: "780s", cluster: "mail" }));
    expect(JSON.stringify(file)).not.toContain("transport_socket");
  });
});

describe("toxiproxy", () => {
  /** Path and body of each request that the script makes. */
  const requests = (...args: Parameters<typeof toxiproxy>) =>
    [...textOf(toxiproxy(...args)).matchAll(/ --data '(.*)' "\$api\/(.*)"$/gmu)].map(([, body = "", to]) => ({
      to,
      body: JSON.parse(body) as unknown,
    }));

  test.each([
    [hopWith().atExpiry, "drop"],
    [RESET, "reset"],
    [CLOSE, "close"],
    [RESET_ON_NEXT, "reset-on-next"],
  ] as const)("%j is a proxy, then a toxic whose action is %s", (atExpiry, action) => {
    const attributes = { timeout: 780_000, action };
    expect(requests(hopWith({ atExpiry }), ENDS)).toEqual([
      {
        to: "populate",
        body: [{ name: "a-path", listen: "0.0.0.0:443", upstream: "mail.example.com:8443", enabled: true }],
      },
      {
        to: "proxies/a-path/toxics",
        body: { name: "edge", type: "idle_timeout", stream: "downstream", toxicity: 1, attributes },
      },
    ]);
  });

  test("writes IPv6 addresses in brackets", () => {
    expect(requests(hopWith(), PLAIN_ENDS)[0]).toMatchObject({
      body: [{ listen: "[::1]:8080", upstream: "[::1]:8081" }],
    });
  });
});
