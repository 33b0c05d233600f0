import { expect, test } from "vitest";
import { setToxiproxyStage } from "../support/toxiproxy-stage.ts";

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
