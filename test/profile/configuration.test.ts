import { describe, expect, test } from "vitest";
import {
  configurationJsonSchema,
  inlineProfile,
  readConfiguration,
  STRUCTURED_KEYS,
} from "../../src/profile/configuration.ts";
import { readDocument } from "../../src/profile/document.ts";

/** The faults of a text, each as `line:column: message`. */
function faultsIn(text: string): readonly string[] {
  const document = readDocument(text);
  const placed = document.place(readConfiguration(document.value).faults);
  return placed.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

const MAIL = "{ name: mail, type: https, listen: 8443, target: 'https://mail.example' }";
const DB = "{ name: db, type: tcp, listen: '[::1]:5432', target: 'db.example:5432' }";

describe("a configuration", () => {
  test.each([undefined, null, {}, { target: "http://a", listen: 3 }])(
    "of %j has no listeners and no faults",
    (value) => {
      expect(readConfiguration(value)).toEqual({ listeners: new Map(), applyTo: "new", faults: [] });
    },
  );

  test("names its listeners in their order, and a port may be a number", () => {
    const { value } = readDocument(`listeners:\n  - ${MAIL}\n  - ${DB}\napplyTo: all\n`);
    const { listeners, applyTo, faults } = readConfiguration(value);
    expect(faults).toEqual([]);
    expect(applyTo).toBe("all");
    expect([...listeners]).toEqual([
      [0, { name: "mail", type: "https", listen: "8443", target: "https://mail.example" }],
      [1, { name: "db", type: "tcp", listen: "[::1]:5432", target: "db.example:5432" }],
    ]);
  });

  test.each([
    ["- a\n", ["1:1: found a list, expected a mapping"]],
    ["x\n", ['1:1: found "x", expected a mapping']],
    ["listeners: 3\n", ["1:12: found 3, expected a list"]],
    ["listeners: [3]\n", ["1:13: found 3, expected a mapping"]],
    ["applyTo: some\n", ['1:10: found "some", expected new or all']],
    ["listeners: [[]]\n", ["1:13: found a list, expected a mapping"]],
    ["listeners: [~]\n", ["1:13: found nothing, expected a mapping"]],
    [`listeners:\n  - ${MAIL.replace("https", "udp")}\n`, ['2:25: found "udp", expected https or tcp']],
    [
      "listeners:\n  - {}\n",
      [
        "2:5: type is missing, expected https or tcp",
        expect.stringMatching(/^2:5: name is missing/u),
        expect.stringMatching(/^2:5: listen is missing/u),
      ],
    ],
    [
      `listeners:\n  - ${DB}\n  - { type: udp, name: db, listen: [1], target: 5, cert: 5, bogus: 1 }\n`,
      [
        '3:13: found "udp", expected https or tcp',
        '3:24: found "db", the name of listener 1: expected a name that no other listener has',
        expect.stringMatching(/^3:36: found a list, expected an address/u),
        "3:58: found 5, expected text",
        expect.stringMatching(/^3:61: found the unknown key "bogus", expected .*targetCa/u),
      ],
    ],
    [
      "listeners:\n  - { type: tcp, name: A b, listen: [1], tarket: x, enabled: 1 }\n",
      [
        "2:5: target is missing, expected an address such as 127.0.0.1:8443, :8443 or [::1]:8443",
        '2:24: found "A b", expected lower-case words joined by hyphens, such as mail',
        "2:37: found a list, expected an address such as 127.0.0.1:8443, :8443 or [::1]:8443",
        expect.stringMatching(/^2:42: found the unknown key "tarket", expected .*; did you mean target\?$/u),
        "2:62: found 1, expected true or false",
      ],
    ],
    [
      `listeners:\n  - ${MAIL.replace("https", "htps")}\n`,
      ['2:25: found "htps", expected https or tcp; did you mean https?'],
    ],
    [
      `listeners:\n  - ${DB.replace("tcp", "tcpp").replace("db,", "D,")}\n`,
      [
        '2:13: found "D", expected lower-case words joined by hyphens, such as mail',
        '2:22: found "tcpp", expected https or tcp; did you mean tcp?',
      ],
    ],
    [
      `listeners:\n  - ${DB}\n  - ${MAIL}\n  - ${DB}\n`,
      ['4:13: found "db", the name of listener 1: expected a name that no other listener has'],
    ],
  ])("of %j tells every fault with its place", (text, faults) => {
    expect(faultsIn(text)).toEqual(faults);
  });

  test("tells what is wrong across the hops of a path written in it, beside other faults", () => {
    const hop =
      "{ name: fw, kind: firewall, conditions: [{ type: idle-timeout, idleTimeout: 5m, atExpiry: { respond: 504 } }] }";
    const text = `listeners:\n  - name: db\n    type: tcp\n    listen: 1\n    profile:\n      hops:\n        - ${hop}\n`;
    expect(faultsIn(text)).toEqual([
      "2:5: target is missing, expected an address such as 127.0.0.1:8443, :8443 or [::1]:8443",
      expect.stringMatching(/^7:\d+: found respond at hop 1 of 1, kind firewall: expected it at the last hop/u),
    ]);
  });
});

describe("a path written into a listener", () => {
  const read = (profile: string) => {
    const entry = `{ name: db, type: tcp, listen: 1, target: 'db:1', profile: ${profile} }`;
    return readConfiguration(readDocument(`listeners: [${entry}]`).value).listeners.get(0);
  };

  test("may leave its name, title and source to the listener", () => {
    const entry = read("{ hops: [] }");
    expect(entry && inlineProfile(entry)).toEqual({
      name: "db",
      title: "The path of listener db",
      source: "the configuration",
      hops: [],
    });
  });

  test("keeps what it says", () => {
    const entry = read("{ name: own, title: Own, source: measured, hops: [] }");
    expect(entry && inlineProfile(entry)).toEqual({ name: "own", title: "Own", source: "measured", hops: [] });
  });

  test("is none where a profile is named", () => {
    const entry = read("direct");
    expect(entry && inlineProfile(entry)).toBeUndefined();
  });
});

test("the JSON Schema knows options and every key that is none, and no others", () => {
  const schema = configurationJsonSchema({ drain: { type: "string" } });
  expect(schema).toMatchObject({ additionalProperties: false, properties: { drain: { type: "string" } } });
  expect(Object.keys("properties" in schema ? Object(schema.properties) : {})).toEqual(["drain", ...STRUCTURED_KEYS]);
});
