import { once } from "node:events";
import { createServer } from "node:net";
import { Toxiproxy, ToxiproxyError } from "toxiproxy-node-client";
import { afterAll, describe, expect, test } from "vitest";
import { startToxiproxyApi } from "../../src/control/toxiproxy/server.ts";
import { ask } from "../support/ask.ts";
import { portOf, profileOf } from "../support/rig.ts";
import { setToxiproxyStage } from "../support/toxiproxy-stage.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

afterAll(expectNothingOpen);

const LATENCY = { name: "slow", type: "latency", stream: "downstream", toxicity: 1 } as const;

describe("toxiproxy-node-client", { concurrent: true }, () => {
  test("creates a proxy that passes bytes both ways, and removes it", async () => {
    await using stage = await setToxiproxyStage();
    const proxy = await stage.proxy("mysql_master");
    expect(proxy.toJson()).toMatchObject({ name: "mysql_master", upstream: stage.upstream, enabled: true });
    const { device } = await stage.joined(proxy);
    await proxy.remove();
    await stage.until(() => device.state === "rst");
    expect(await stage.client.getAll()).toEqual({});
    await expect(stage.device(proxy)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("lists proxies by name, in the order of their bytes", async () => {
    await using stage = await setToxiproxyStage();
    for (const name of ["b", "ä", "a", "10", "9", "B"]) await stage.proxy(name);
    const text = (await stage.ask("GET", "/proxies")).text;
    expect([...text.matchAll(/"name":"(.+?)"/gu)].map((match) => match[1])).toEqual(["10", "9", "B", "a", "b", "ä"]);
    expect(Object.keys(await stage.client.getAll())).toHaveLength(6);
  });

  test("reads a proxy, and learns as an error of its own that there is none", async () => {
    await using stage = await setToxiproxyStage();
    const proxy = await stage.proxy();
    expect((await stage.client.get("p")).toJson()).toEqual(proxy.toJson());
    await expect(stage.client.get("q")).rejects.toThrow(ToxiproxyError);
    await expect(stage.client.get("q")).rejects.toThrow("Request failed with status code 404");
  });

  test("reads the version of Toxiproxy whose API this is", async () => {
    await using stage = await setToxiproxyStage();
    expect(JSON.parse(await stage.client.getVersion())).toEqual({ version: "2.12.0" });
  });

  test("stops a proxy, which drops connections, and starts it again where it was", async () => {
    await using stage = await setToxiproxyStage();
    const proxy = await stage.proxy("p", "127.0.0.8");
    const { listen, upstream } = proxy;
    const { device } = await stage.joined(proxy);
    const stopped = await proxy.update({ enabled: false, listen, upstream });
    await stage.until(() => device.state === "rst");
    expect(stopped.toJson()).toEqual({ ...proxy.toJson(), enabled: false });
    await expect(stage.device(proxy)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const started = await proxy.update({ enabled: true, listen, upstream });
    expect(started.toJson()).toEqual(proxy.toJson());
    await stage.joined(started);
  });

  test("calls another upstream and listens elsewhere, which drops connections and keeps toxics", async () => {
    await using stage = await setToxiproxyStage();
    await using other = await setToxiproxyStage((peer) => peer.write("other"));
    const proxy = await stage.proxy("p", "127.0.0.7");
    await proxy.addToxic({ ...LATENCY, attributes: { latency: 1, jitter: 0 } });
    const { device } = await stage.joined(proxy);
    const called = await proxy.update({ enabled: true, listen: proxy.listen, upstream: other.upstream });
    await stage.until(() => device.state === "rst");
    expect(called.toJson()).toEqual({ ...proxy.toJson(), upstream: other.upstream });
    const first = await stage.device(called);
    await stage.until(() => first.text === "other");
    const moved = await proxy.update({ enabled: true, listen: "localhost:0", upstream: other.upstream });
    await stage.until(() => first.state === "rst");
    expect(moved.listen).toMatch(/^127\.0\.0\.1:\d+$/u);
    expect(moved.listen).not.toBe(proxy.listen);
    const second = await stage.device(moved);
    await stage.until(() => second.text === "other");
    expect((await moved.getToxic("slow")).attributes).toEqual({ latency: 1, jitter: 0 });
  });

  test("stays stopped, with its new address, when it can't start there, until that can be had", async () => {
    await using stage = await setToxiproxyStage();
    const proxy = await stage.proxy();
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const listen = `127.0.0.1:${portOf(taken)}`;
    await expect(proxy.update({ enabled: true, listen, upstream: stage.upstream })).rejects.toThrow("500");
    expect((await stage.client.get("p")).toJson()).toMatchObject({ listen, enabled: false });
    await expect(stage.client.reset()).rejects.toThrow("500");
    taken.close();
    await once(taken, "close");
    await stage.client.reset();
    await stage.joined(await stage.client.get("p"));
  });

  test("populates: adds, keeps what is the same with its toxics and its state, replaces what is not", async () => {
    await using stage = await setToxiproxyStage();
    const { upstream } = stage;
    const same = await stage.proxy("same");
    await same.addToxic({ ...LATENCY, attributes: { latency: 1, jitter: 0 } });
    const stopped = await stage.proxy("stopped", "127.0.0.9");
    await stopped.update({ enabled: false, listen: stopped.listen, upstream });
    const moving = await stage.proxy("moving");
    const { device } = await stage.joined(same);
    const left = await stage.joined(moving);
    const populated = await stage.client.populate([
      { name: "same", listen: same.listen.replace("127.0.0.1", "localhost"), upstream },
      { name: "stopped", listen: stopped.listen, upstream },
      { name: "moving", listen: "127.0.0.1:0", upstream },
      { name: "added", listen: "", upstream },
    ]);
    await stage.until(() => left.device.state === "rst");
    expect(Object.keys(populated)).toEqual(["same", "stopped", "moving", "added"]);
    expect(populated["same"]?.toJson()).toEqual(same.toJson());
    expect((await same.getToxic("slow")).name).toBe("slow");
    expect(populated["stopped"]?.enabled).toBe(false);
    expect(populated["moving"]?.listen).not.toBe(moving.listen);
    expect(populated["added"]?.listen).toMatch(/^\[::\]:\d+$/u);
    expect(device.state).toBe("open");
  });

  test("resets: every proxy enabled, every toxic gone, proxies and connections kept", async () => {
    await using stage = await setToxiproxyStage();
    const proxy = await stage.proxy();
    const stopped = await stage.proxy("stopped", "127.0.0.9");
    await stopped.update({ enabled: false, listen: stopped.listen, upstream: stage.upstream });
    await proxy.addToxic({ ...LATENCY, attributes: { latency: 1, jitter: 0 } });
    const { device, peer } = await stage.joined(proxy);
    await proxy.addToxic({ ...LATENCY, name: "slower", attributes: { latency: 3_600_000, jitter: 0 } });
    peer.write(" at last");
    await stage.client.reset();
    await stage.until(() => device.text === "welcome at last");
    expect((await stage.ask("GET", "/proxies/p/toxics")).text).toBe("[]");
    expect((await stage.client.get("stopped")).toJson()).toEqual(stopped.toJson());
    await stage.joined(stopped);
  });

  test("updates a toxic in force and removes it", async () => {
    await using stage = await setToxiproxyStage();
    const proxy = await stage.proxy();
    const toxic = await proxy.addToxic({ ...LATENCY, attributes: { latency: 1, jitter: 1 } });
    const updated = await toxic.update({ ...toxic.toJson(), attributes: { latency: 2, jitter: 1 }, toxicity: 0.5 });
    expect(updated.toJson()).toEqual({ ...toxic.toJson(), attributes: { latency: 2, jitter: 1 }, toxicity: 0.5 });
    await toxic.remove();
    await expect(proxy.getToxic("slow")).rejects.toThrow("404");
  });
});

describe("beside others who change the same emulator", { concurrent: true }, () => {
  test("every tcp listener is a proxy, whoever made it, and its own hops stay where they are", async () => {
    await using stage = await setToxiproxyStage();
    const hop = { name: "gate", kind: "firewall", conditions: [] } as const;
    await stage.emulator.addTcpListener({
      name: "mine",
      listen: "127.0.0.1:0",
      target: stage.upstream,
      profile: profileOf(hop),
    });
    const proxy = await stage.client.get("mine");
    expect(proxy.toJson()).toMatchObject({ upstream: stage.upstream, enabled: true });
    await proxy.addToxic({ ...LATENCY, attributes: { latency: 1, jitter: 0 } });
    expect(stage.emulator.listener("mine")?.profile.hops.map(({ name }) => name)).toEqual(["toxic:slow", "gate"]);
    await stage.client.reset();
    expect(stage.emulator.listener("mine")?.profile).toEqual(profileOf(hop));
  });

  test("another profile takes the toxics away, and a removed listener its proxy", async () => {
    await using stage = await setToxiproxyStage();
    const proxy = await stage.proxy();
    await proxy.addToxic({ ...LATENCY, attributes: { latency: 1, jitter: 0 } });
    stage.emulator.listener("p")?.setProfile(profileOf(), "all");
    expect((await stage.ask("GET", "/proxies/p/toxics")).text).toBe("[]");
    await stage.emulator.removeListener("p");
    expect((await stage.ask("GET", "/proxies/p")).status).toBe(404);
    expect(await stage.client.getAll()).toEqual({});
  });

  test("another target is another upstream", async () => {
    await using stage = await setToxiproxyStage();
    await stage.proxy();
    await stage.emulator.listener("p")?.update({ target: "127.0.0.1:9" });
    expect((await stage.client.get("p")).upstream).toBe("127.0.0.1:9");
  });

  test("changes are remembered as Toxiproxy's", async () => {
    await using stage = await setToxiproxyStage();
    await stage.proxy();
    expect(stage.emulator.changes().map(({ by, listener }) => [by, listener])).toEqual([["toxiproxy", "p"]]);
  });
});

describe("many at once", () => {
  test("of a hundred that create the same proxy one does, and a hundred toxics of one name are one", async () => {
    await using stage = await setToxiproxyStage();
    const hundred = Array.from({ length: 100 }, () => ({ name: "p", listen: "127.0.0.1:0", upstream: stage.upstream }));
    const created = await Promise.all(hundred.map((body) => stage.ask("POST", "/proxies", body)));
    expect(created.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(created.filter(({ status }) => status === 409)).toHaveLength(99);
    const toxics = await Promise.all(hundred.map(() => stage.ask("POST", "/proxies/p/toxics", { type: "noop" })));
    expect(toxics.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(toxics.filter(({ status }) => status === 409)).toHaveLength(99);
  });
});

test("where its port is taken it does not start, and closing twice is closing once", async () => {
  await using stage = await setToxiproxyStage();
  const { address } = stage.api;
  await expect(startToxiproxyApi(address, stage.emulator)).rejects.toMatchObject({ code: "E_PORT_TAKEN" });
  await Promise.all([stage.api.close(), stage.api.close()]);
  await expect(new Toxiproxy(stage.api.url).getVersion()).rejects.toThrow(ToxiproxyError);
});

test("on every address names of any kind are answered, since networks have their own", async () => {
  await using stage = await setToxiproxyStage();
  const api = await startToxiproxyApi({ host: "0.0.0.0", port: 0 }, stage.emulator);
  const asked = { method: "GET", path: "/version", headers: { host: "toxiproxy:8474" } };
  expect((await ask(api.address.port, asked)).status).toBe(200);
  expect((await ask(stage.api.address.port, asked)).status).toBe(403);
  await api.close();
});
