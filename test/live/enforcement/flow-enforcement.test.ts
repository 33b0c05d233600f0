import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Enforcer } from "../../../src/live/enforcement/enforcer.ts";
import { type FlowTuple, tupleKey } from "../../../src/live/enforcement/flow-tuple.ts";
import type { Endings } from "../../../src/path/condition.ts";
import type { Hop } from "../../../src/path/hop.ts";
import { Changes } from "../../support/changes.ts";
import { connectDevice } from "../../support/pass-stage.ts";
import { getRequest } from "../../support/requests.ts";
import {
  idleHop,
  LEG_KINDS,
  profileOf,
  type Rig,
  startRig,
  startTcpServer,
  type TcpServer,
} from "../../support/rig.ts";

/** An enforcer that does nothing but remember what it was told, and says when packets cross again. */
class Remembering implements Enforcer {
  readonly failureCount = 0;
  readonly told: string[] = [];
  readonly changes = new Changes();
  readonly ends = new Map<string, string>();

  silence(flow: FlowTuple, how: string): Promise<void> {
    return this.#note(`silence ${this.#endOf(flow)} ${how}`);
  }

  lift(flow: FlowTuple): Promise<void> {
    return this.#note(`lift ${this.#endOf(flow)}`);
  }

  release(flow: FlowTuple): void {
    void this.#note(`release ${this.#endOf(flow)}`);
  }

  watch(flow: FlowTuple): void {
    void this.#note(`watch ${this.#endOf(flow)}`);
  }

  unwatch(flow: FlowTuple): void {
    void this.#note(`unwatch ${this.#endOf(flow)}`);
  }

  heardAgoMs(): Promise<number | undefined> {
    void this.#note("heard");
    return Promise.resolve(undefined);
  }

  /** The proxy is the local end of both connections. */
  #endOf(flow: FlowTuple): string {
    return this.ends.get(String(flow.localPort)) ?? this.ends.get(String(flow.remotePort)) ?? tupleKey(flow);
  }

  #note(what: string): Promise<void> {
    this.told.push(what);
    this.changes.tell();
    return Promise.resolve();
  }
}

let server: TcpServer;
let requests: Changes;
let arrived = 0;
let enforcer: Remembering;
let rig: Rig | undefined;
beforeEach(async () => {
  enforcer = new Remembering();
  requests = new Changes();
  arrived = 0;
  server = await startTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      arrived += 1;
      requests.tell();
    });
  });
});
afterEach(async () => {
  await rig?.stop();
  await server.stop();
});

describe.each(LEG_KINDS)("over the %s leg", (legKind) => {
  const endings: readonly (readonly [Endings, readonly string[]])[] = [
    [{ toDevice: "drop", toServer: "drop" }, ["silence device drop", "silence server drop"]],
    [{ toDevice: "reset-on-next", toServer: "drop" }, ["silence device reset-on-next", "silence server drop"]],
    [{ toDevice: "drop", toServer: "reset" }, ["silence device drop"]],
    [{ toDevice: "close", toServer: "reset-on-next" }, ["silence server reset-on-next"]],
  ];

  test.each(endings)("an ending of %o is told leg by leg", async (ending, expected) => {
    await start([idleHop(300, ending)]);
    const device = await park();
    await enforcer.changes.until(() => enforcer.told.length >= expected.length);
    expect(enforcer.told.slice(0, expected.length)).toEqual(expected);
    device.destroy();
  });

  test("an RST of another hop waits until the device's packets cross again", async () => {
    await start([
      idleHop(600, { toDevice: "reset", toServer: "drop" }, "carrier"),
      idleHop(300, { toDevice: "drop", toServer: "drop" }, "firewall"),
    ]);
    const device = await park();
    device.once("error", (error) => enforcer.told.push(error.message));
    await new Promise((resolve) => device.once("close", resolve));
    expect(enforcer.told).toEqual(["silence device drop", "silence server drop", "lift device", "read ECONNRESET"]);
  });

  test("a path that heeds keepalives has both connections watched, and asks before it expires", async () => {
    const hop = idleHop(300, { toDevice: "drop", toServer: "drop" });
    const conditions = hop.conditions.map((condition) => ({ ...condition, refreshedByKeepalive: true }));
    await start([{ ...hop, conditions }]);
    const device = await park();
    await enforcer.changes.until(() => enforcer.told.includes("silence server drop"));
    expect(enforcer.told).toEqual([
      "watch device",
      "watch server",
      "heard",
      "heard",
      "unwatch device",
      "unwatch server",
      "silence device drop",
      "silence server drop",
    ]);
    device.destroy();
  });

  test("both connections are released when nothing of the flow is left", async () => {
    await start([]);
    const device = await park();
    for (const socket of server.sockets) socket.resetAndDestroy();
    device.destroy();
    await enforcer.changes.until(() => enforcer.told.length >= 2);
    expect(enforcer.told).toEqual(["release device", "release server"]);
  });

  async function start(hops: readonly Hop[]): Promise<void> {
    rig = await startRig(server.port, { legKind, profile: profileOf(...hops), enforcer });
    enforcer.ends.set(String(rig.proxy.port), "device");
    enforcer.ends.set(String(server.port), "server");
  }

  /** A device whose request has reached the server. */
  async function park(): Promise<Socket> {
    const device = await connectDevice(rig?.proxy.port ?? 0);
    device.write(getRequest());
    await requests.until(() => arrived > 0);
    return device;
  }
});
