import { afterAll, describe, expect, test } from "vitest";
import { startRig } from "../../src/rig/start-rig.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

/** What JavaScript may give, where no compiler tells. */

afterAll(expectNothingOpen);

describe("a rig", { concurrent: true }, () => {
  test.each<readonly [unknown, string]>([
    [null, "options: found null, expected an object"],
    [{ timeScale: "60" }, 'timeScale: found "60", expected a number'],
    [{ profile: 5 }, "profile: found 5, expected a string or an object"],
    [{ server: [] }, "server: found a list, expected an object"],
    [
      { targetCheck: "no", seed: null },
      'targetCheck: found "no", expected a boolean\nseed: found null, expected a number',
    ],
    [{ target: new URL("https://u:pw@mail.example") }, "target: found an object, expected a string"],
    [{ seed: () => 1 }, "seed: found a function, expected a number"],
    [{ server: { users: 5 } }, "users: found 5, expected a Map or an object"],
  ])("does not start with %j", async (options, message) => {
    // @ts-expect-error -- they are wrong
    await expect(startRig(options)).rejects.toMatchObject({ code: "E_USAGE", message });
  });

  test("does not start with an option that is misspelt, and says which was meant", async () => {
    // @ts-expect-error -- the option is timeScale
    await expect(startRig({ timescale: 60 })).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringMatching(/^options: found the unknown key "timescale", .*; did you mean timeScale\?$/u),
    });
  });

  test("takes what is not there for what was not said", async () => {
    const options: object = { timeScale: undefined, server: undefined };
    await using rig = await startRig(options);
    expect(rig.server).toBeDefined();
  });

  test("starts no device with an option of the wrong type, or misspelt", async () => {
    await using rig = await startRig();
    const refused = (options: unknown, message: RegExp): void => {
      // @ts-expect-error -- they are wrong
      expect(() => rig.startDevice(options)).toThrow(
        expect.objectContaining({ code: "E_USAGE", message: expect.stringMatching(message) }),
      );
    };
    refused({ modell: "fixed" }, /^options: found the unknown key "modell", .*; did you mean model\?$/u);
    refused({ model: 5 }, /^model: found 5, expected a string$/u);
    refused({ password: 1234 }, /^password: found a number, expected a string$/u);
    refused({ identity: "ann" }, /^identity: found "ann", expected an object$/u);
    refused({ onAsked: true }, /^onAsked: found true, expected a function$/u);
    refused(null, /^options: found null, expected an object$/u);
  });

  test("lets in whom an object names", async () => {
    await using rig = await startRig({ timeScale: 60, server: { users: { user1: "secret" } } });
    const options: object = { identity: undefined, password: undefined };
    rig.startDevice(options);
    expect(await rig.waitFor("asked", { after: 0 })).toMatchObject({ deviceId: "device1" });
  });
});
