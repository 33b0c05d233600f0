import { expect, test } from "vitest";
import { Proxies } from "../../../src/control/toxiproxy/proxies.ts";
import { profileOf } from "../../support/rig.ts";
import { setToxiproxyStage } from "../../support/toxiproxy-stage.ts";

test("a name that somebody else takes while a proxy is being created is taken", async () => {
  await using stage = await setToxiproxyStage();
  const proxies = new Proxies(stage.emulator);
  const settings = { name: "p", listen: "127.0.0.1:0", target: stage.upstream, profile: profileOf() };
  const theirs = stage.emulator.addTcpListener(settings);
  const body = JSON.stringify({ name: "p", listen: "127.0.0.1:0", upstream: stage.upstream });
  await expect(proxies.create(body)).rejects.toMatchObject({ status: 409, message: "proxy already exists" });
  await theirs;
});

test.each(["127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", ":80", "a b:80", "http://a:80", ""])(
  "an upstream of %j is refused before anything changes",
  async (upstream) => {
    await using stage = await setToxiproxyStage();
    await stage.proxy();
    const proxies = new Proxies(stage.emulator);
    await expect(proxies.change("p", JSON.stringify({ upstream, enabled: false }))).rejects.toMatchObject({
      status: 400,
      message: `bad request body: upstream: found ${JSON.stringify(upstream)}, expected HOST:PORT`,
    });
    expect(proxies.show("p")).toMatchObject({ upstream: stage.upstream, enabled: true });
  },
);

test.each(["db.example:5432", "[::1]:80", "localhost:65535"])(
  "an upstream of %j is taken as it is",
  async (upstream) => {
    await using stage = await setToxiproxyStage();
    const body = JSON.stringify({ name: "p", listen: "127.0.0.1:0", upstream });
    expect(await new Proxies(stage.emulator).create(body)).toMatchObject({ upstream });
  },
);

test("a proxy that can't be replaced is there still, stopped", async () => {
  await using stage = await setToxiproxyStage();
  await stage.proxy();
  const proxies = new Proxies(stage.emulator);
  const list = [{ name: "p", listen: stage.upstream, upstream: "127.0.0.1:1" }];
  expect(await proxies.populate(JSON.stringify(list))).toMatchObject({ proxies: [], error: { status: 500 } });
  expect(proxies.show("p")).toMatchObject({ enabled: false, listen: stage.upstream, toxics: [] });
});
