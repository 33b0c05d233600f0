import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { connectDevice } from "../support/pass-stage.ts";
import { LEG_KINDS, startRig, startTcpServer } from "../support/rig.ts";

const HEAD = "HTTP/1.0 200 OK\r\n\r\n";
const BODY = Buffer.alloc(3 * 1024 * 1024, "slow");
const TOTAL = HEAD.length + BODY.length;

afterEach(() => {
  vi.useRealTimers();
});

test.each(LEG_KINDS)(
  "a device that takes minutes for the last answer gets all of it, over the %s leg",
  async (legKind) => {
    const server = await startTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(Buffer.concat([Buffer.from(HEAD), BODY])));
    });
    const rig = await startRig(server.port, { legKind });
    const device = await connectDevice(rig.proxy.port);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    device.write("GET / HTTP/1.0\r\n\r\n");
    while (rig.proxy.bytes.fromServer < TOTAL) await setImmediate();
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    vi.advanceTimersByTime(5 * 60_000);

    let heard = 0;
    device.on("data", (bytes: Buffer) => (heard += bytes.length));
    await once(device, "end");
    expect(heard).toBe(TOTAL);
    device.destroy();
    await rig.stop();
    await server.stop();
  },
);
