import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { ProbeLimits } from "../../src/live/probe-desk.ts";
import type { ProxyOptions } from "../../src/live/proxy.ts";
import { getRequest } from "../support/requests.ts";
import { type Rig, startRig } from "../support/rig.ts";
import { secureDevice, type WireDevice } from "../support/wire-device.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

const PROBE = "/.well-known/idlewall-probe";
const stopping: { stop(): Promise<void> }[] = [];
const probers: WireDevice[] = [];
afterEach(async () => {
  for (const { raw } of probers.splice(0)) raw.destroy();
  for (const each of stopping.splice(0)) await each.stop();
});
afterAll(expectNothingOpen);

/** A rig that answers probes within these limits; nothing is to reach the target. */
async function rigWith(limits: Partial<ProbeLimits>, options: Partial<ProxyOptions> = {}): Promise<Rig> {
  const rig = await startRig(1, { probes: { timeScale: 1 }, probeLimits: limits, ...options });
  stopping.push(rig);
  return rig;
}

/** A prober that has sent this. */
async function prober(rig: Rig, request: string): Promise<WireDevice> {
  const device = await secureDevice(rig.proxy.port);
  probers.push(device);
  device.send(request);
  return device;
}

/** What a question is answered with. */
async function asked(rig: Rig, below: string): Promise<string> {
  const device = await prober(rig, getRequest(`${PROBE}${below}`));
  await device.ended();
  device.raw.destroy();
  return device.text;
}

/** Asks until the desk knows that probe: until then its request is on its way. */
async function known(rig: Rig, id: string): Promise<void> {
  while (!(await asked(rig, `/report?id=${id}`)).includes(`"id":"${id}"`));
}

describe("a prober's connection", () => {
  test("is given as long for its head as a device's, and told so", async () => {
    const rig = await rigWith({}, { headersTimeoutMs: 50 });
    const device = await prober(rig, `GET ${PROBE}/`);
    await device.ended();
    expect(device.text).toContain("HTTP/1.1 408 ");
    expect(device.text).toContain("head took too long");
  });

  test("may wait longer than that once it has asked", async () => {
    const rig = await rigWith({}, { headersTimeoutMs: 50 });
    const device = await prober(rig, getRequest(`${PROBE}/wait?id=one`));
    const slow = await prober(rig, `GET ${PROBE}/`);
    await slow.ended();
    expect(await asked(rig, "/answer?id=one")).toContain('"state":"answered"');
    await device.until(() => device.text.includes("200 OK"));
  });

  test("is refused when too many ask or wait, until one of them is gone", async () => {
    const rig = await rigWith({ flows: 2 });
    const waiting = await prober(rig, getRequest(`${PROBE}/wait?id=one`));
    await known(rig, "one");
    const asking: WireDevice[] = [];
    let answer = await asked(rig, "");
    for (; answer.includes("200 OK"); answer = await asked(rig, "")) asking.push(await prober(rig, `GET ${PROBE}/`));
    expect(answer).toContain("HTTP/1.1 503 ");
    expect(answer).toContain("Too many probers");
    for (const { raw } of asking) raw.resetAndDestroy();
    while (!(await asked(rig, "")).includes('"waiting":1'));
    waiting.raw.destroy();
  });

  test("is refused when too many wait, though it may ask", async () => {
    const rig = await rigWith({ waiting: 1 });
    await prober(rig, getRequest(`${PROBE}/wait?id=one`));
    await known(rig, "one");
    expect(await asked(rig, "/wait?id=two")).toContain("HTTP/1.1 503 ");
    expect(await asked(rig, "")).toContain('"mostWaiting":1,');
  });

  test("gets bytes until it is answered, unless that is too often or too many do", async () => {
    const rig = await rigWith({ streams: 1 });
    expect(await asked(rig, "/stream?id=often&everyMs=99")).toContain("expected 100 or more");
    const device = await prober(rig, getRequest(`${PROBE}/stream?id=one&everyMs=100`));
    await device.until(() => device.text.includes("1\r\n.\r\n1\r\n.\r\n"));
    expect(await asked(rig, "/stream?id=two&everyMs=100")).toContain("HTTP/1.1 503 ");
    expect(await asked(rig, "/answer?id=one")).toContain('"state":"answered"');
    await device.until(() => device.text.endsWith("0\r\n\r\n"));
    device.raw.destroy();
    while ((await asked(rig, "")).includes('"waiting":1'));
    const next = await prober(rig, getRequest(`${PROBE}/stream?id=three&everyMs=100`));
    await next.until(() => next.text.includes("200 OK"));
  });
});
