import { describe, expect, test } from "vitest";
import { checkHops } from "../../src/path/check-hops.ts";
import { oneHopProfile, parseAtExpiry } from "../../src/profile/one-hop.ts";

describe("a path of one hop", () => {
  test("is a firewall that tells nobody, when nothing else is said", () => {
    const [hop, ...others] = oneHopProfile({ idleTimeoutMs: 780_000 }).hops;
    expect(others).toEqual([]);
    expect(hop).toEqual({
      name: "firewall",
      kind: "firewall",
      conditions: [
        {
          type: "idle-timeout",
          idleTimeoutMs: 780_000,
          atExpiry: { toDevice: "drop", toServer: "drop" },
          refreshedBy: "either",
        },
      ],
    });
  });

  test("is a reverse proxy when it responds, so that its path has no fault", () => {
    const profile = oneHopProfile({ idleTimeoutMs: 60_000, atExpiry: parseAtExpiry("respond:504") });
    expect(profile.hops[0]?.kind).toBe("reverse-proxy");
    expect(checkHops(profile.hops)).toEqual([]);
  });

  test.each([1000, 2_592_000_000])("takes a time-out of %d ms", (idleTimeoutMs) => {
    expect(oneHopProfile({ idleTimeoutMs }).hops).toHaveLength(1);
  });

  test.each([999, 0, -1, Number.NaN, 2_592_000_001])("refuses a time-out of %d ms", (idleTimeoutMs) => {
    expect(() => oneHopProfile({ idleTimeoutMs })).toThrow(expect.objectContaining({ code: "E_DURATION_INVALID" }));
  });
});

describe("an ending on the command line", () => {
  test.each([
    ["drop", "drop", "drop"],
    ["reset", "reset", "reset"],
    ["close", "close", "close"],
    ["reset-on-next", "reset-on-next", "reset-on-next"],
    ["respond:504", { respond: 504 }, "reset"],
    ["toDevice=drop,toServer=reset", "drop", "reset"],
    ["toServer=drop,toDevice=respond:408", { respond: 408 }, "drop"],
  ])("%s is, leg by leg, %j and %j", (text, toDevice, toServer) => {
    expect(parseAtExpiry(text)).toEqual({ toDevice, toServer });
  });

  test.each([
    ["dorp", /found the ending "dorp", expected drop, reset/u],
    ["rest", /did you mean reset\?/u],
    ["", /expected drop/u],
    ["respond", /expected drop/u],
    ["respond:500", /respond:408, respond:502, respond:504 or respond:524/u],
    ["respond:504x", /expected drop/u],
    ["toDevice=drop", /expected each leg once/u],
    ["toDevice=drop,toDevice=reset", /expected each leg once/u],
    ["toDevice=drop,toServer=reset,toServer=drop", /expected each leg once/u],
    ["toDevice=drop,toServr=reset", /expected toDevice or toServer before each =; did you mean toServer\?/u],
    ["toDevice=drop,reset", /expected toDevice or toServer before each =/u],
    ["toDevice=,toServer=drop", /expected drop/u],
    ["toDevice=drop,toServer=respond:504", /respond toward the device only/u],
  ])("%j is refused with what was expected", (text, message) => {
    expect(() => parseAtExpiry(text)).toThrow(expect.objectContaining({ code: "E_USAGE" }));
    expect(() => parseAtExpiry(text)).toThrow(message);
  });
});
