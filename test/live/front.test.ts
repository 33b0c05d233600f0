import type { ConnectionOptions } from "node:tls";
import { afterAll, describe, expect, test } from "vitest";
import { createLeaf, keyPem } from "../../src/live/certificates.ts";
import type { Identity } from "../../src/live/tls-termination.ts";
import { testIdentity } from "../support/identity.ts";
import { getRequest, pingAnswer, pingRequest, textAnswer } from "../support/requests.ts";
import { LEG_KINDS, startRig } from "../support/rig.ts";
import { expectNothingOpen, setStage } from "../support/wire-stage.ts";
import type { ServerPeer } from "../support/wire-server.ts";

/** Long enough for a handshake and a request, on a slow machine too. */
const HEADERS_TIMEOUT_MS = 2000;
const OLD_CIPHERS = "DEFAULT:@SECLEVEL=0";

afterAll(expectNothingOpen);

describe.each(LEG_KINDS)("over the %s leg, a listener", { concurrent: true }, (legKind) => {
  test.each([
    ["garbage", "what is this?\n", "ERR_SSL_WRONG_VERSION_NUMBER"],
    ["much garbage", "x".repeat(200_000), "ERR_SSL_WRONG_VERSION_NUMBER"],
    ["plain HTTP", getRequest(), "ERR_SSL_HTTP_REQUEST"],
  ])("that is sent %s ends the connection and says why", async (_what, text, reason) => {
    await using stage = await setStage({ legKind });
    const device = await stage.bareDevice(0);
    device.raw.end(text);

    await device.ended();
    await stage.closed();
    expect(stage.rig.tlsFailures).toEqual([reason]);
    expect(stage.server.peers).toEqual([]);
  });

  test("that is sent garbage after the handshake ends the connection with an alert, the server's side with an RST", async () => {
    await using stage = await setStage({ legKind });
    const { device, peer } = await stage.park();
    device.raw.write("x".repeat(64));

    await device.until(() => device.tlsError !== undefined);
    expect(device.tlsError).toMatch(/^ERR_SSL_\w*ALERT\w*$/u);
    await stage.server.until(() => peer.state === "rst");
    device.raw.destroy();
    await stage.closed();
    expect(stage.rig.tlsFailures).toHaveLength(1);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("takes %s, without ALPN", async (version) => {
    await using stage = await setStage({ legKind }, answer);
    const device = await stage.device({ minVersion: version, maxVersion: version });
    device.send(getRequest());
    await device.until(() => device.text.endsWith("ok"));
    expect(device.tls.getProtocol()).toBe(version);
    expect(device.tls.alpnProtocol).toBe(false);
  });

  test("takes HTTP/1.1 among the protocols offered", async () => {
    await using stage = await setStage({ legKind }, answer);
    const device = await stage.device({ ALPNProtocols: ["h2", "http/1.1"] });
    expect(device.tls.alpnProtocol).toBe("http/1.1");
  });

  test("refuses a device that offers HTTP/2 only, with the alert for it", async () => {
    await using stage = await setStage({ legKind });
    const device = await stage.bareDevice(Infinity, { ALPNProtocols: ["h2"] });
    await device.until(() => device.tlsError !== undefined);
    expect(device.tlsError).toBe("ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL");
    expect(stage.rig.tlsFailures).toHaveLength(1);
  });

  test.each(["TLSv1", "TLSv1.1"] as const)("refuses %s, with the alert for it", async (version) => {
    await using stage = await setStage({ legKind });
    const device = await stage.bareDevice(Infinity, { minVersion: version, maxVersion: version, ciphers: OLD_CIPHERS });
    await device.until(() => device.tlsError !== undefined);
    expect(device.tlsError).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
    expect(stage.rig.tlsFailures).toEqual(["ERR_SSL_UNSUPPORTED_PROTOCOL"]);
  });

  test.each(["TLSv1", "TLSv1.1", "TLSv1.2"] as const)("takes %s for old devices when told so", async (version) => {
    await using stage = await setStage({ legKind, legacyDevices: true }, answer);
    const device = await stage.device({ minVersion: version, maxVersion: version, ciphers: OLD_CIPHERS });
    device.send(getRequest());
    await device.until(() => device.text.endsWith("ok"));
    expect(device.tls.getProtocol()).toBe(version);
  });

  test.each(["AES128-SHA", "AES256-SHA"])("takes %s for old devices, with RSA key exchange", async (cipher) => {
    const identities = await bothIdentities();
    await using stage = await setStage({ legKind, legacyDevices: true, identities });
    const old: ConnectionOptions = { minVersion: "TLSv1", maxVersion: "TLSv1" };
    const device = await stage.device({ ...old, ciphers: `${cipher}:@SECLEVEL=0` });
    expect(device.tls.getCipher().name).toBe(cipher);
  });

  test.each([
    ["ECDHE-RSA-AES128-GCM-SHA256", undefined],
    ["ECDHE-ECDSA-AES128-GCM-SHA256", "P-256"],
    ["DEFAULT", "P-256"],
  ])("with two identities shows a device that knows %s the one it can use", async (ciphers, curve) => {
    const identities = await bothIdentities();
    await using stage = await setStage({ legKind, identities });
    const device = await stage.device({ maxVersion: "TLSv1.2", ciphers });
    expect(device.tls.getPeerCertificate().nistCurve).toBe(curve);
  });

  test("with an ECDSA identity alone refuses a device that knows RSA only", async () => {
    await using stage = await setStage({ legKind });
    const ciphers = "ECDHE-RSA-AES128-GCM-SHA256";
    const device = await stage.bareDevice(Infinity, { maxVersion: "TLSv1.2", ciphers });
    await device.until(() => device.tlsError !== undefined);
    expect(stage.rig.tlsFailures).toEqual(["ERR_SSL_NO_SHARED_CIPHER"]);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("resumes sessions in %s", async (version) => {
    await using stage = await setStage({ legKind }, answer);
    const options: ConnectionOptions = { minVersion: version, maxVersion: version };
    const first = await stage.device(options);
    const sessions: Buffer[] = [];
    first.tls.on("session", (session: Buffer) => sessions.push(session));
    first.send(getRequest());
    await first.until(() => first.text.endsWith("ok"));
    const session = sessions.at(-1) ?? first.tls.getSession();

    const second = await stage.device({ ...options, ...(session !== undefined && { session }) });
    expect(first.tls.isSessionReused()).toBe(false);
    expect(second.tls.isSessionReused()).toBe(true);
  });

  test("cuts off devices that keep it waiting for a request, and no others", async () => {
    await using stage = await setStage({ legKind, headersTimeoutMs: HEADERS_TIMEOUT_MS }, answer);
    const { device: parked, peer } = await stage.park();
    const idle = await stage.device();
    idle.send(getRequest());
    await idle.until(() => idle.text.endsWith("ok"));
    const mark = { parked: parked.arrivals.length, idle: idle.arrivals.length };
    const mute = await stage.bareDevice(0);
    const halfHello = await stage.bareDevice(20);
    const silent = await stage.device();
    const halfHead = await stage.device();
    halfHead.send(pingRequest().subarray(0, 50));

    for (const device of [mute, halfHello]) {
      expect(await device.ended()).toBe("fin");
      expect(device.kinds()).toEqual(["fin"]);
    }
    expect(await silent.ended()).toBe("fin");
    expect(silent.closeNotified).toBe(true);
    expect(silent.text).toBe("");
    expect(await halfHead.ended()).toBe("fin");
    expect(halfHead.text).toMatch(
      /^HTTP\/1\.1 408 Request Timeout\r\n.+\r\n\r\nThe request's head took too long\.\n$/su,
    );
    expect(halfHead.closeNotified).toBe(true);
    expect(stage.rig.refusals).toEqual([408]);

    await stage.settle();
    expect(parked.kinds(mark.parked)).toEqual([]);
    expect(idle.kinds(mark.idle)).toEqual([]);
    peer.socket.write(pingAnswer());
    await parked.until(() => parked.text === pingAnswer().toString("latin1"));
  });

  test("answers a slow second head 408 behind the answer to the first request", async () => {
    await using stage = await setStage({ legKind, headersTimeoutMs: HEADERS_TIMEOUT_MS });
    const { device, peer } = await stage.park();
    device.send("GET / HT");
    await stage.rig.until(() => stage.rig.refusals.length === 1);
    expect(device.text).toBe("");

    peer.socket.write(pingAnswer());
    expect(await device.ended()).toBe("fin");
    const first = pingAnswer().toString("latin1");
    expect(device.text.slice(0, first.length)).toBe(first);
    expect(device.text.slice(first.length)).toMatch(/^HTTP\/1\.1 408 /u);
  });

  test("counts the bytes on the wires of all its flows, those that are gone included", async () => {
    await using stage = await setStage({ legKind }, answer);
    const device = await stage.device();
    device.send(getRequest());
    await device.until(() => device.text.endsWith("ok"));
    const { bytes } = stage.rig.proxy;
    expect(bytes.toServer).toBe(getRequest().length);
    expect(bytes.fromServer).toBe(textAnswer("ok").length);
    expect(bytes.fromDevice).toBe(device.raw.bytesWritten);
    expect(bytes.toDevice).toBe(device.raw.bytesRead);

    device.raw.resetAndDestroy();
    await stage.closed();
    expect(stage.rig.proxy.bytes).toEqual(bytes);
    expect(stage.flows("closed")).toMatchObject([{ toServerBytes: bytes.fromDevice, toDeviceBytes: bytes.toDevice }]);
  });
});

test("a port that is taken is an error that says so", async () => {
  await using stage = await setStage({});
  const taken = startRig(stage.server.port, { port: stage.port });
  await expect(taken).rejects.toMatchObject({ code: "E_PORT_TAKEN" });
});

let made: Promise<readonly Identity[]> | undefined;

/** An ECDSA and an RSA identity, made once. */
function bothIdentities(): Promise<readonly Identity[]> {
  made ??= Promise.all([identity("ecdsa"), identity("rsa")]);
  return made;
}

async function identity(keyKind: "ecdsa" | "rsa"): Promise<Identity> {
  const { authority } = await testIdentity();
  const { certificate, key } = await createLeaf(authority, { names: ["localhost"], keyKind });
  return { cert: certificate.toString(), key: keyPem(key) };
}

function answer(peer: ServerPeer): void {
  peer.socket.on("data", () => {
    if (peer.text.endsWith(getRequest())) peer.write(textAnswer("ok"));
  });
}
