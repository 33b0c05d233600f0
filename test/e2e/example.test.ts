import {
  createAuthority,
  createLeaf,
  deviceModel,
  keyPem,
  loadProfile,
  parseDeviceServer,
  parseTarget,
  RealScheduler,
  startClientAccess,
  startDevice,
  startProxy,
} from "idlewall";
import { expect, test } from "vitest";

test("behind a carrier of 13 minutes a device falls to 8 minutes, then climbs to 12", async () => {
  const timeScale = 600;
  const scheduler = new RealScheduler({ timeScale, paced: true });
  const authority = await createAuthority();
  const leaf = await createLeaf(authority, { names: ["127.0.0.1"] });
  const model = deviceModel("windows-mobile");
  if (model === undefined) throw new Error("no such device model");

  await using server = await startClientAccess({ scheduler });
  await using proxy = await startProxy({
    host: "127.0.0.1",
    target: parseTarget(`http://127.0.0.1:${server.port}`),
    profile: loadProfile("carrier-13min"),
    identities: [{ cert: leaf.certificate.toString(), key: keyPem(leaf.key) }],
    scheduler,
    timeScale,
  });

  const asked: number[] = [];
  let tellThree = (): void => undefined;
  const three = new Promise<void>((resolve) => (tellThree = resolve));
  await using _device = startDevice({
    server: parseDeviceServer(`https://127.0.0.1:${proxy.port}`, { authorities: authority.certificate.toString() }),
    identity: { deviceId: "device1", user: "ann", deviceType: model.deviceType },
    password: "secret",
    model,
    scheduler,
    timeScale,
    onConcluded: ({ heartbeatIntervalSeconds }) => {
      if (asked.push(heartbeatIntervalSeconds) === 3) tellThree();
    },
  });
  await three;
  expect(asked).toEqual([900, 480, 720]);
});
