import { describe, expect, test } from "vitest";
import type { Exchange, ExchangeEnd } from "../../src/heartbeat/events.ts";
import { Followed, keyOf } from "../../src/heartbeat/followed.ts";

const device = { deviceId: "phone", user: "ann", deviceType: "SP" };

function exchange(said: Partial<Exchange> = {}): Exchange {
  return { id: 1, flowId: 1, device, command: "Ping", heartbeatIntervalSeconds: 900, askedAt: 0, ...said };
}

/** A device that is followed from its first exchange on, and what ended each. */
class Course {
  readonly followed = new Followed(keyOf(device, "Ping"), exchange());

  ends(end: Partial<ExchangeEnd>, asked: Exchange = exchange(), network?: string): this {
    const whole = { hop: undefined, action: undefined, ending: "TW", httpStatus: 200, status: 1, endedAt: 0 } as const;
    this.followed.ask(asked);
    this.followed.end(asked, { outcome: "held", ...whole, ...end }, network);
    return this;
  }

  /** A hop lets a request die after so long. */
  expires(hop: string, seconds: number): this {
    return this.ends({ outcome: "expired", hop, endedAt: seconds * 1000 });
  }

  get known() {
    return this.followed.snapshot;
  }
}

test("a negotiation knows the network and the listener of its last exchange", () => {
  const course = new Course();
  expect(course.known).toMatchObject({ network: undefined, listener: undefined });
  course.ends({}, exchange({ listener: "mail" }), "192.0.2.0/24");
  expect(course.known).toMatchObject({ network: "192.0.2.0/24", listener: "mail" });
  course.ends({}, exchange({ listener: "backup" }), "198.51.100.0/24");
  expect(course.known).toMatchObject({ network: "198.51.100.0/24", listener: "backup" });
});

describe("requests that a hop of ours let die", () => {
  test("are counted as long as they are of one hop and one time-out, give or take a tenth", () => {
    const course = new Course().expires("carrier", 780).expires("carrier", 858).expires("carrier", 773);
    expect(course.known.lastExpiry).toEqual({ hop: "carrier", silenceSeconds: 773, count: 3 });
  });

  test.each([
    ["another hop does it", "firewall", 780],
    ["the silence is longer by more", "carrier", 859],
    ["the silence is shorter by more", "carrier", 701],
  ])("are counted anew when %s", (_, hop, seconds) => {
    const course = new Course().expires("carrier", 780).expires("carrier", 780).expires(hop, seconds);
    expect(course.known.lastExpiry).toEqual({ hop, silenceSeconds: seconds, count: 1 });
  });

  test("are not those that ended otherwise, or by nobody knows what", () => {
    const course = new Course().ends({ outcome: "cut", hop: "carrier" }).ends({ outcome: "expired" });
    expect(course.known.lastExpiry).toBeUndefined();
  });
});

test("what the server takes instead of what was asked is known, where both are", () => {
  const rejected = { outcome: "rejected", limitSeconds: 480 } as const;
  const course = new Course().ends(rejected, exchange({ heartbeatIntervalSeconds: undefined })).ends({});
  expect(course.known.serverLimit).toBeUndefined();
  course.ends(rejected).ends({});
  expect(course.known.serverLimit).toEqual({ askedSeconds: 900, limitSeconds: 480 });
});
