import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClientAccess } from "../../src/heartbeat/client-access.ts";
import { INBOX_ID, Mailboxes } from "../../src/heartbeat/mailboxes.ts";
import { modelSession } from "../../src/heartbeat/model-session.ts";
import { DEVICE_MODELS, type DeviceModel, deviceModel } from "../../src/heartbeat/negotiators/models.ts";
import type { Negotiator } from "../../src/heartbeat/negotiators/negotiator.ts";
import { Pacing } from "../../src/heartbeat/pacing.ts";
import { ANY_UNLIMITED, course, type Ended, limit } from "./negotiators/moves.ts";
import { MINUTE } from "./wire.ts";

/** Few different ends, so that many pasts lead to the same knowledge. */
const ENDED: fc.Arbitrary<Ended> = fc.oneof(
  ANY_UNLIMITED,
  fc.record({ ending: fc.constant(limit(600)), durationMs: fc.constant(100) }),
);

function after(model: DeviceModel, past: readonly Ended[]): Negotiator {
  const negotiator = model.create(model.defaults);
  course(negotiator, past);
  return negotiator;
}

describe.each(DEVICE_MODELS)("a device's search: $name", (model) => {
  test("goes on alike from the same text, whatever led to it", () => {
    const pasts = fc.array(fc.array(ENDED, { maxLength: 6 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(pasts, fc.array(ENDED, { minLength: 4, maxLength: 4 }), (all, future) => {
        const futures = new Map<string, unknown>();
        for (const past of all) {
          const negotiator = after(model, past);
          const text = negotiator.fingerprint();
          const moves = future.map(({ ending, durationMs }) => negotiator.conclude(ending, durationMs));
          expect(futures.get(text) ?? moves).toEqual(moves);
          futures.set(text, moves);
        }
      }),
    );
  });

  test("has another text once it asks another interval, if it ever does", () => {
    const negotiator = model.create(model.defaults);
    const texts = new Map<number, string>([[negotiator.start().heartbeatIntervalSeconds, negotiator.fingerprint()]]);
    for (let count = 0; count < 10; count += 1) {
      const { heartbeatIntervalSeconds } = negotiator.conclude({ kind: "held" }, MINUTE);
      texts.set(heartbeatIntervalSeconds, negotiator.fingerprint());
    }
    expect(new Set(texts.values()).size).toBe(texts.size);
  });
});

test("pacing tells pauses apart, and no more failures than make a difference", () => {
  const pacing = new Pacing();
  const texts = Array.from({ length: 7 }, () => {
    pacing.failed();
    return pacing.fingerprint();
  });
  expect(new Set(texts.slice(0, 4)).size).toBe(4);
  expect(new Set(texts.slice(3)).size).toBe(1);
  const before = pacing.fingerprint();
  pacing.remedied("Ping 3");
  expect(pacing.fingerprint()).not.toBe(before);
});

test("pacing counts announcements of nothing as far as they make a difference", () => {
  const pacing = new Pacing();
  const texts = Array.from({ length: 5 }, () => {
    pacing.foundNothing();
    return pacing.fingerprint();
  });
  expect(new Set(texts).size).toBe(3);
});

test("a device counts its deadline from now", () => {
  const model = deviceModel("windows-mobile");
  const [one, other] = [modelSession(model, model.defaults), modelSession(model, model.defaults)];
  expect(one.fingerprint(0)).toBe(other.fingerprint(5000));
  one.handle({ kind: "start" }, 1000);
  other.handle({ kind: "start" }, 7000);
  expect(one.fingerprint(2000)).toBe(other.fingerprint(8000));
  expect(one.fingerprint(2000)).not.toBe(other.fingerprint(9000));
});

test("a mailbox tells what a device has not fetched, not how much there is", () => {
  const owner = { user: "ann", deviceId: "d1" };
  const mailboxes = new Mailboxes({ maxMailboxes: 3, maxItems: 50, maxDevicesOfUser: 2 });
  const sync = (syncKey: string) =>
    mailboxes.sync(owner, { collections: [{ collectionId: INBOX_ID, syncKey, commandCount: 0 }] });
  const text = () => mailboxes.fingerprint().replaceAll(/"syncKey":"\d+"/gu, "key");
  sync("0");
  const begun = text();
  mailboxes.deliver("ann", INBOX_ID, "one");
  expect(text()).not.toBe(begun);
  sync("1");
  const fetched = text();
  mailboxes.deliver("ann", INBOX_ID, "two");
  sync("2");
  expect(text()).toBe(fetched);
});

test("a server tells what it holds, for how long, and who has its policy", () => {
  const texts = [0, 5000].map((startAt) => {
    const server = new ClientAccess();
    const owner = { user: "ann", deviceId: "d1", protocolVersion: "12.0" };
    const told = [server.fingerprint(startAt)];
    const folders = [{ id: INBOX_ID, class: "Email" }];
    const ping = { command: "Ping" as const, body: { heartbeatIntervalSeconds: 480, folders } };
    server.handle({ kind: "request", id: 1, ...owner, request: ping }, startAt);
    told.push(server.fingerprint(startAt), server.fingerprint(startAt + 1));
    const provision = { command: "Provision" as const, body: { policyType: "MS-EAS-Provisioning-WBXML" } };
    server.handle({ kind: "request", id: 2, ...owner, request: provision }, startAt);
    return [...told, server.fingerprint(startAt)];
  });
  expect(texts[0]).toEqual(texts[1]);
  expect(new Set(texts[0]).size).toBe(4);
});
