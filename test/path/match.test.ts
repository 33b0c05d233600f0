import { describe, expect, test } from "vitest";
import { type FlowFacts, NO_FACTS } from "../../src/path/flow-facts.ts";
import { asksForRequests, type Match, prepareMatch } from "../../src/path/match.ts";

const FACTS: FlowFacts = {
  deviceId: "APPL123",
  deviceType: "iPhone14C2",
  user: "Kim@Example.org",
  command: "Ping",
  userAgent: "Apple-iPhone/1.0 (x+y)",
  path: "/Microsoft-Server-ActiveSync",
  requests: 1,
};

function fits(match: Match, facts: FlowFacts = FACTS, source: string | undefined = "10.1.2.3"): boolean {
  return prepareMatch(match)(facts, source);
}

test.each<[Match, boolean]>([
  [{}, true],
  [{ deviceId: ["APPL123"] }, true],
  [{ deviceId: ["APPL12"] }, false],
  [{ deviceId: ["PPL123"] }, false],
  [{ deviceId: ["appl123"] }, false],
  [{ deviceId: ["other", "APPL123"] }, true],
  [{ deviceType: ["iPhone*"] }, true],
  [{ deviceType: ["*14*"] }, true],
  [{ deviceType: ["*15*"] }, false],
  [{ user: ["kim@example.ORG"] }, true],
  [{ user: ["kim@example-org"] }, false],
  [{ command: ["Sync", "Ping"] }, true],
  [{ command: ["ping"] }, false],
  [{ userAgent: ["Apple-iPhone/1.0 (x+y)"] }, true],
  [{ userAgent: ["Apple-iPhone/1?0*"] }, false],
  [{ path: ["/Microsoft-"] }, true],
  [{ path: ["/*-ActiveSync"] }, true],
  [{ path: ["Microsoft"] }, false],
  [{ source: ["192.168.0.0/16", "10.0.0.0/8"] }, true],
  [{ source: ["192.168.0.0/16"] }, false],
  [{ deviceId: ["APPL123"], source: ["10.0.0.0/8"], command: ["Ping"] }, true],
  [{ deviceId: ["APPL123"], source: ["10.0.0.0/8"], command: ["Sync"] }, false],
  [{ deviceId: ["APPL123"], source: ["11.0.0.0/8"] }, false],
])("what %j asks for fits, or not: %s", (match, expected) => {
  expect(fits(match)).toBe(expected);
});

describe("what is not known", () => {
  test.each<Match>([{ deviceId: ["*"] }, { user: ["*"] }, { path: ["/"] }])("fits no text, not even %j", (match) => {
    expect(fits(match, NO_FACTS)).toBe(false);
  });

  test("fits no network", () => {
    expect(prepareMatch({ source: ["0.0.0.0/0", "::/0"] })(FACTS, undefined)).toBe(false);
  });

  test("is no matter where nobody asks", () => {
    expect(prepareMatch({ share: 0.5, skip: 1 })(NO_FACTS, undefined)).toBe(true);
  });
});

test.each<[Match, boolean]>([
  [{}, false],
  [{ source: ["10.0.0.0/8"], share: 0.5, skip: 1, every: 2, times: 3 }, false],
  [{ deviceId: ["a"] }, true],
  [{ deviceType: ["a"] }, true],
  [{ user: ["a"] }, true],
  [{ command: ["a"] }, true],
  [{ userAgent: ["a"] }, true],
  [{ path: ["/"] }, true],
])("%j asks for requests, or not: %s", (match, expected) => {
  expect(asksForRequests(match)).toBe(expected);
});
