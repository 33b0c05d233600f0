import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idlewall } from "../cli/idlewall.ts";
import { setToxiproxyStage } from "../support/toxiproxy-stage.ts";

const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "idlewall-toxiproxy-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a thousand proxies, with toxics, created and deleted leave nothing", async () => {
  await using stage = await setToxiproxyStage();
  const names = Array.from({ length: 1000 }, (_, index) => `proxy-${index}`);
  await Promise.all(names.map((name) => stage.proxy(name)));
  const some = names.filter((_, index) => index % 10 === 0);
  await Promise.all(some.map((name) => stage.ask("POST", `/proxies/${name}/toxics`, { type: "timeout" })));
  expect(stage.emulator.listeners()).toHaveLength(1000);
  await Promise.all(names.map(async (name) => (await stage.client.get(name)).remove()));
  expect(stage.emulator.listeners()).toEqual([]);
  expect((await stage.ask("GET", "/proxies")).text).toBe("{}");
  expect(process.getActiveResourcesInfo().filter((kind) => kind === "TCPServerWrap")).toHaveLength(2);
});

describe("the script of profiles export --format toxiproxy", () => {
  test.each([
    ["drop", "open", []],
    ["reset", "rst", ["rst"]],
    ["close", "fin", ["fin"]],
    ["reset-on-next", "open", ["rst"]],
  ] as const)("has our own API do what its hop does: %s", async (atExpiry, atOnce, onceItSends) => {
    await using stage = await setToxiproxyStage(undefined, { standing: true, paced: true });
    const profile = path.join(folder, `${atExpiry}.yaml`);
    await writeFile(profile, profileText(atExpiry));
    const where = ["--listen", "127.0.0.1:0", "--target", `http://${stage.upstream}`];
    const { stdout: script } = await idlewall(["profiles", "export", profile, "--format", "toxiproxy", ...where]);
    const told = await run("sh", ["-c", script], { env: { ...process.env, TOXIPROXY_URL: stage.api.url } });
    expect(told.stderr).toBe("");
    const { text } = await stage.ask("GET", "/proxies/exported/toxics");
    const attributes = { timeout: 2000, action: atExpiry };
    expect(JSON.parse(text)).toMatchObject([{ name: "firewall", type: "idle_timeout", attributes }]);

    const { listen } = await stage.client.get("exported");
    const { device, peer } = await stage.joined({ listen });
    stage.start();
    await stage.at(1000);
    device.write("still here");
    await stage.at(2900);
    expect([device.state, peer.text]).toEqual(["open", "hellostill here"]);
    await stage.at(3100);
    expect(stage.endedAt).toEqual([3000]);
    for (const end of [device, peer]) expect(end.state).toBe(atOnce);
    if (atOnce === "open") for (const end of [device, peer]) end.write("?");
    for (const state of onceItSends) await stage.until(() => device.state === state);
    for (const state of onceItSends) await stage.server.until(() => peer.state === state);
    await stage.at(3300);
    expect([device.text, peer.text]).toEqual(["welcome", "hellostill here"]);
  });
});

/** A profile of one hop that forgets after two seconds. */
function profileText(atExpiry: string): string {
  return `name: exported
title: A firewall for a test
source: test
hops:
  - name: firewall
    kind: firewall
    conditions:
      - { type: idle-timeout, idleTimeout: 2s, atExpiry: ${atExpiry} }
`;
}
