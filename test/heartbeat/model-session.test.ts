import { expect, test } from "vitest";
import { ClientAccess } from "../../src/heartbeat/client-access.ts";
import type { AskedExchange, DeviceSessionEffect } from "../../src/heartbeat/device-events.ts";
import type { DeviceSession } from "../../src/heartbeat/device-session.ts";
import { modelSession, type Patience } from "../../src/heartbeat/model-session.ts";
import { deviceModel, type ModelName } from "../../src/heartbeat/negotiators/models.ts";

/** Lets a session fetch all from a server; gives what it waits for, once the server answers nothing more. */
function waiting(session: DeviceSession, protocolVersion: string): AskedExchange | undefined {
  const access = new ClientAccess();
  let asked: AskedExchange | undefined;
  const perform = (effects: readonly DeviceSessionEffect[]): void => {
    for (const effect of effects) {
      if (effect.kind === "asked") ({ asked } = effect);
      if (effect.kind !== "request") continue;
      const { id, request } = effect;
      const said = { kind: "request", id, user: "ann", deviceId: "d1", protocolVersion, request } as const;
      for (const told of access.handle(said, 0)) {
        if (told.kind === "answer") perform(session.handle({ kind: "answered", id, answer: told.answer }, 0));
      }
    }
  };
  perform(session.handle({ kind: "start" }, 0));
  return asked;
}

test.each<[ModelName, Patience | undefined, number]>([
  ["windows-mobile", undefined, 905_000],
  ["windows-mobile", { graceMs: 60_000 }, 960_000],
  ["android-2009", undefined, 1_200_000],
  ["android-2009", { graceMs: 1_000_000 }, 1_295_000],
  ["android-2012", undefined, 475_000],
  ["android-2013", undefined, 485_000],
  ["fixed", undefined, 905_000],
])("a session of %s with patience %o gives up its first Ping after %i ms", (name, patience, givenUpAt) => {
  const model = deviceModel(name);
  const session = modelSession(model, model.defaults, patience);
  expect(waiting(session, model.protocolVersion)).toMatchObject({
    command: "Ping",
    heartbeatIntervalSeconds: model.defaults.initialSeconds,
  });
  expect(session.nextDeadline()).toBe(givenUpAt);
});

test("its ordinary requests have the patience that the world gives", () => {
  const model = deviceModel("android-2013");
  const session = modelSession(model, model.defaults, { commandTimeoutMs: 90_000 });
  session.handle({ kind: "start" }, 0);
  expect(session.nextDeadline()).toBe(90_000);
});
