import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SERVE_FILE } from "../../src/cli/configuration.ts";
import { serveFileSchema } from "../../src/cli/configuration-schema.ts";
import { FORWARD_OPTIONS } from "../../src/cli/forwarding.ts";
import { SERVE_OPTIONS } from "../../src/cli/options.ts";
import { draftServe } from "../../src/cli/serve-plan.ts";
import { settingsFromFile } from "../../src/cli/settings.ts";
import { FileError } from "../../src/errors.ts";
import { keyPem } from "../../src/live/certificates.ts";
import { testIdentity } from "../support/identity.ts";

const directory = mkdtempSync(path.join(tmpdir(), "idlewall-configuration-"));
const OPTIONS = { ...FORWARD_OPTIONS, ...SERVE_OPTIONS };

beforeAll(async () => {
  const { leaf } = await testIdentity();
  file("cert.pem", leaf.certificate.toString());
  file("key.pem", keyPem(leaf.key));
  file("path.yaml", "name: own\ntitle: Own\nsource: test\nhops: []\n");
  file("bad.yaml", "name: own\ntitle: Own\nhops: []\n");
  const respond = "{ type: idle-timeout, idleTimeout: 5m, atExpiry: { respond: 504 } }";
  const hop = `  - { name: proxy, kind: reverse-proxy, conditions: [${respond}] }`;
  file("respond.yaml", `name: respond\ntitle: Responds\nsource: test\nhops:\n${hop}\n`);
});

afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const place = path.join(directory, name);
  writeFileSync(place, text);
  return place;
}

/** The faults of a configuration, as `line:column: message`. */
function faultsIn(text: string): readonly string[] {
  const place = file("idlewall.yaml", text);
  try {
    settingsFromFile(place, OPTIONS, SERVE_FILE);
    return [];
  } catch (error) {
    if (!(error instanceof FileError) || error.code !== "E_CONFIG_INVALID") throw error;
    return error.message.split("\n").map((line) => line.replaceAll(`${place}:`, "").replaceAll(directory, "DIR"));
  }
}

function https(more: string): string {
  return `listeners:\n  - { name: mail, type: https, listen: 8443, ${more} }\n`;
}

function tcp(more: string): string {
  return `listeners:\n  - { name: db, type: tcp, listen: 5432, ${more} }\n`;
}

describe("a configuration's fault", () => {
  test.each([
    ["YAML itself", "listeners: [\n", [/^2:1: found no closing \]/u]],
    ["an alias", "a: &x 1\nlisten: *x\n", [/^2:9: found the alias \*x/u]],
    ["no mapping", "- a\n", [/^1:1: expected a mapping of options/u]],
    ["an unknown key", "listners: []\n", [/^1:1: found the unknown key "listners".*did you mean listeners\?$/u]],
    ["an option's type", "target: [a]\n", [/^1:9: found a list, expected text$/u]],
    ["both spellings", "timeScale: 2\ntime-scale: 3\n", [/^2:1: found time-scale in both spellings/u]],
    ["an address", "listen: 1:2:3\n", [/^1:9: found the address "1:2:3"/u]],
    ["a target", "target: mail\n", [/^1:9: found the target "mail", expected a URL/u]],
    ["a target with a path", "target: http://a/b\n", [/^1:9: .*expected no path in it/u]],
    ["a duration", "drain: 5\n", [/^1:8: found "5", a number without a unit/u]],
    ["an ending", "idleTimeout: 5m\natExpiry: vanish\n", [/^2:11: found the ending "vanish"/u]],
    ["an unknown profile", "profile: carier-13min\n", [/^1:10: found the profile name .*did you mean carrier-13min/u]],
    ["a missing profile file", "profile: ./none.yaml\n", [/^1:10: DIR\/none\.yaml: there is no such file$/u]],
    ["a quick listener", "tcp: ['1=2', 5432]\n", [/^1:7: found the target "2"/u, /^1:14: --tcp: found "5432"/u]],
    ["an authority", "targetCa: key.pem\n", [/^1:11: DIR\/key\.pem: /u]],
    ["a seed", "seed: x\n", [/^1:7: found "x", expected a number$/u]],
    ["a seed's range", "seed: -3.5\n", [/^1:7: --seed: found -3\.5, expected a whole number from 0/u]],
    ["a time scale", "timeScale: 0\n", [/^1:12: --time-scale: found 0, expected more than 0/u]],
    ["a word", "enforce: kernle\n", [/^1:10: found "kernle", expected user or kernel; did you mean kernel\?$/u]],
    ["an admin host", "admin-host: [a, 'b/c']\n", [/^1:17: found "b\/c", expected a name or an address without/u]],
    ["Toxiproxy's address", "toxiproxy-api: x\n", [/^1:16: found the address "x"/u]],
    [
      "a type of listener",
      "listeners:\n  - { name: a, type: udp, listen: ':99999', target: 'a:1', profile: nat-44 }\n",
      [
        /^2:22: found "udp", expected https or tcp/u,
        /^2:35: found the address ":99999"/u,
        /^2:69: found the profile name/u,
      ],
    ],
    ["a listener's address", tcp("target: 'a:1'").replace("5432", "'[x]:1'"), [/^2:36: found the address "\[x\]:1"/u]],
    ["a tcp target", tcp("target: 'http://a'"), [/^2:50: found the address "http:\/\/a"/u]],
    ["a tcp target's port", tcp("target: 'a:0'"), [/^2:50: .*expected HOST:PORT with a port from 1 to 65535/u]],
    ["a listener that calls itself", tcp("target: '127.0.0.1:5432'"), [/^2:50: found .*where this listener itself/u]],
    ["a front that calls itself", https("target: 'http://[::1]:8443'"), [/^2:54: found .*where this listener itself/u]],
    ["a quick listener that calls itself", "tcp: ['7=127.0.0.1:7']\n", [/^1:7: found .*where this listener itself/u]],
    ["a listener's profile", tcp("target: 'a:1', profile: nat-44"), [/^2:66: found the profile name "nat-44"/u]],
    [
      "a profile file at fault",
      tcp("target: 'a:1', profile: ./bad.yaml"),
      [/^2:66: DIR\/bad\.yaml:1:1: source is missing/u],
    ],
    [
      "respond of any TCP",
      tcp("target: 'a:1', profile: respond.yaml"),
      [/^2:66: hop proxy of profile respond: found respond/u],
    ],
    ["an option of the other type", tcp("target: 'a:1', cert: a.pem"), [/^2:57: found the unknown key "cert"/u]],
    ["no target", https("forward: relay"), [/^2:5: expected --target/u]],
    ["a listener's target", https("target: 'tcp://a'"), [/^2:54: found the target "tcp:\/\/a"/u]],
    ["a backend", https("forward: rewrite, backend: ['x']"), [/^2:5: --backend: found "x"/u]],
    ["rewriting options alone", https("target: 'http://a', keepHost: true"), [/^2:5: found --keep-host/u]],
    [
      "an unreadable certificate",
      https("target: 'http://a', cert: x.pem, key: key.pem"),
      [/^2:72: DIR\/x\.pem: there is no such/u],
    ],
    [
      "a certificate that is none",
      https("target: 'http://a', cert: key.pem, key: key.pem"),
      [/^2:72: DIR\/key\.pem: /u],
    ],
    ["a certificate alone", https("target: 'http://a', cert: cert.pem"), [/^2:72: found --cert alone/u]],
    [
      "a passphrase of nothing",
      https("target: 'http://a', passphraseFile: x"),
      [/^2:82: found --passphrase-file without --pfx, expected both or none$/u],
    ],
    ["a PFX", https("target: 'http://a', pfx: cert.pem"), [/^2:71: .*cert\.pem/u]],
    [
      "the same name twice",
      `${tcp("target: 'a:1'")}  - { name: db, type: tcp, listen: 1, target: 'a:1' }\n`,
      [/^3:13: found "db"/u],
    ],
    [
      "the same address twice",
      `${tcp("target: 'a:1'")}  - { name: c, type: tcp, listen: '127.0.0.1:5432', target: 'a:1' }\n`,
      [/^3:35: found 127\.0\.0\.1:5432, where listener 1 listens: expected an address of its own$/u],
    ],
    [
      "the admin server's address",
      `admin: 127.0.0.1:5432\n${tcp("target: 'a:1'")}`,
      [/^3:36: found 5432, where admin listens/u],
    ],
  ])("%s, is told with its place", (_what, text, expected) => {
    expect(faultsIn(text)).toEqual(expected.map((each) => expect.stringMatching(each)));
  });

  test("hides none of the others in its listener", () => {
    const text = [
      "listeners:",
      "  - { name: Bad, type: htps, listen: nowhere, target: mail }",
      "  - { type: tcp, listen: 1:2:3, target: x, profile: nat-44, cert: a }",
      "  - { name: a, type: https, listen: 8443, target: mail, key: 5, cert: none.pem, forward: relya, keepHost: true }",
    ];
    expect(faultsIn(`${text.join("\n")}\n`)).toEqual(
      [
        /^2:13: found "Bad", expected lower-case words/u,
        /^2:24: found "htps", expected https or tcp; did you mean https\?/u,
        /^2:38: found the address "nowhere"/u,
        /^2:55: found the target "mail"/u,
        /^3:5: name is missing/u,
        /^3:26: found the address "1:2:3"/u,
        /^3:41: found the address "x"/u,
        /^3:53: found the profile name "nat-44"/u,
        /^3:61: found the unknown key "cert"/u,
        /^4:51: found the target "mail"/u,
        /^4:62: found 5, expected text/u,
        /^4:90: found "relya", expected relay or rewrite/u,
      ].map((each) => expect.stringMatching(each)),
    );
  });

  test("is told together with every other one, in the order of the text", () => {
    const text = [
      "admin: nowhere",
      "drain: 5",
      "listeners:",
      "  - { name: db, type: tcp, listen: 5432, target: nowhere, profile: nat-44 }",
      "  - { name: db, type: https, listen: 5432, target: mail, cert: x.pem, key: y.pem }",
      "  - { name: c, type: udp }",
      "applyTo: some",
      "tarket: x",
      "timeScale: banana",
      "seed: -3.5",
      "enforce: kernle",
      "toxiproxyApi: x",
    ];
    const lines = faultsIn(`${text.join("\n")}\n`).map((line) => Number(line.split(":")[0]));
    expect(lines).toEqual([1, 2, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12]);
  });
});

describe("a configuration", () => {
  test("with listeners on every port 0, or on one port of two addresses, has no faults", () => {
    const more = "  - { name: c, type: tcp, listen: '127.0.0.1:0', target: 'a:1' }\n";
    expect(faultsIn(`${tcp("target: 'a:1'").replace("5432", "0")}${more}`)).toEqual([]);
    const two = ["127.0.0.1:7", "127.0.0.2:7"].map(
      (at, index) => `  - { name: l-${index}, type: tcp, listen: '${at}', target: 'a:1' }`,
    );
    expect(faultsIn(`listeners:\n${two.join("\n")}\n`)).toEqual([]);
  });

  test("names files beside itself, and gives its path to listeners that have none", () => {
    const text = [
      "profile: carrier-13min",
      "cert: cert.pem",
      "key: key.pem",
      "target: http://mail.example",
      "tcp: ['1143=mail.example:143']",
      "listeners:",
      "  - { name: db, type: tcp, listen: 5432, target: 'db.example:5432' }",
      "  - { name: own, type: tcp, listen: 5433, target: 'db.example:5432', profile: path.yaml, enabled: false }",
      "  - { name: inline, type: tcp, listen: 5434, target: 'db.example:5432', profile: { hops: [] } }",
      "  - { name: mail, type: https, listen: 8443, target: 'http://a', cert: cert.pem, key: key.pem }",
    ];
    const config = file("idlewall.yaml", `${text.join("\n")}\n`);
    const settings = settingsFromFile(config, OPTIONS, SERVE_FILE);
    expect(settings).toMatchObject({ cert: path.join(directory, "cert.pem"), profile: "carrier-13min" });
    const args = { listen: ":443", forward: "relay", certs: "certs", config, ...settings };
    const { listeners } = draftServe(args);
    expect(listeners.map(({ name, type, profile }) => [name, type, profile.name])).toEqual([
      ["https", "https", "carrier-13min"],
      ["tcp-1143", "tcp", "carrier-13min"],
      ["db", "tcp", "carrier-13min"],
      ["own", "tcp", "own"],
      ["inline", "tcp", "inline"],
      ["mail", "https", "carrier-13min"],
    ]);
  });
});

test("the JSON Schema beside the profiles is the one made from options and listeners", () => {
  const text = readFileSync(new URL("../../profiles/configuration.schema.json", import.meta.url), "utf8");
  expect(JSON.parse(text), "run npm run docs").toEqual(serveFileSchema());
});

const PAGE = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");

test.each([...PAGE.matchAll(/^```yaml configuration\n([\s\S]*?)^```$/gmu)].map(([, text = ""]) => text))(
  "an example of docs/configuration.md has no faults: %s",
  (text) => {
    expect(faultsIn(text)).toEqual([]);
  },
);

test("docs/configuration.md tells every key of a listener", () => {
  const told = [...PAGE.matchAll(/^\| `(\w+)`/gmu)].map(([, key = ""]) => key);
  const keys = [...new Set(listenerKeys(serveFileSchema()))];
  expect(keys).toContain("targetCa");
  expect(told.toSorted()).toEqual(keys.toSorted());
});

/** The keys of all objects in a JSON Schema that are listeners: those with a place to listen on and a name. */
function listenerKeys(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties } = { properties: undefined, ...schema };
  const own = typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
  const isListener = ["name", "listen"].every((key) => own.includes(key));
  return isListener ? own : Object.values(schema).flatMap(listenerKeys);
}
