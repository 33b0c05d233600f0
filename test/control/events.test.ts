import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { type ApiEvent, eventSchema } from "../../src/control/api/event-schemas.ts";
import { EventLog } from "../../src/control/api/event-log.ts";
import { eventStream } from "../../src/control/api/event-stream.ts";
import { readBlocks } from "../../src/client/event-source.ts";
import { type ApiStage, setApiStage } from "../support/api-stage.ts";
import { profileOf } from "../support/rig.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

afterAll(expectNothingOpen);

/** So many events of a stage, as a reader of the stream gets them. */
async function read(
  api: ApiStage,
  query: string,
  count: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly ApiEvent[]> {
  const answer = await fetch(`${api.admin.url}/api/v1/events${query}`, { headers });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  const found: ApiEvent[] = [];
  if (answer.body === null) throw new Error("no body");
  for await (const { data } of readBlocks(answer.body)) {
    if (data !== undefined) found.push(eventSchema.parse(JSON.parse(data)));
    if (found.length >= count) break;
  }
  return found;
}

function seeds(api: ApiStage, ...numbers: readonly number[]): void {
  for (const seed of numbers) api.stage.emulator.setSeed(seed);
}

function whats(events: readonly ApiEvent[]): readonly string[] {
  return events.map((event) => (event.kind === "change" ? event.what : event.kind));
}

describe("the stream of events", { concurrent: true }, () => {
  test("tells flows and changes as they come, each with its number", async () => {
    await using api = await setApiStage();
    const reading = read(api, "?after=0", 3);
    const { device, peer } = await api.stage.joined("db");
    seeds(api, 1);
    device.socket.end();
    peer.socket.end();
    expect(await reading).toMatchObject([
      { kind: "flowOpened", id: 1, listener: "db", flow: 1 },
      { kind: "change", id: 2, by: "library", what: "the seed is 1" },
      { kind: "flowClosed", id: 3, listener: "db", toServerBytes: 5, toDeviceBytes: 7 },
    ]);
  });

  test("tells only the kinds that are asked for", async () => {
    await using api = await setApiStage();
    const reading = read(api, "?after=0&kinds=change", 1);
    await api.stage.joined("db");
    seeds(api, 5);
    expect(await reading).toMatchObject([{ kind: "change", id: 2 }]);
  });

  test("begins with what comes when nothing else is asked for", async () => {
    await using api = await setApiStage();
    seeds(api, 1, 2);
    const { newestEvent, newestEventId } = await api.client.about();
    expect(newestEvent).toBe(2);
    expect(newestEventId).toMatch(/^[\da-f]{8}-2$/u);
    const reading = [newestEvent, newestEventId].map((after) => read(api, `?after=${after}`, 1));
    seeds(api, 3);
    for (const each of reading) expect(whats(await each)).toEqual(["the seed is 3"]);
  });

  test("goes on behind Last-Event-ID, which goes before the query", async () => {
    await using api = await setApiStage();
    seeds(api, 1, 2, 3, 4);
    expect(whats(await read(api, "?after=0", 2, { "last-event-id": "2" }))).toEqual(["the seed is 3", "the seed is 4"]);
  });

  test("tells of a gap when what is asked for is no longer kept", async () => {
    await using api = await setApiStage({ subject: { keptEvents: 3 } });
    seeds(api, 1, 2, 3, 4, 5, 6, 7);
    expect(await read(api, "", 4, { "last-event-id": "1" })).toMatchObject([
      { kind: "gap", id: 4, missed: 3 },
      { kind: "change", id: 5 },
      { kind: "change", id: 6 },
      { kind: "change", id: 7 },
    ]);
  });

  test.each(["2", "900", "RUN-2"])("takes no number that no event has yet, such as %s", async (place) => {
    await using api = await setApiStage();
    seeds(api, 1);
    const { newestEventId } = await api.client.about();
    const said = place.replace("RUN", newestEventId.slice(0, 8));
    const detail = `found "${said}", expected 1 at most: no event of this run of the server has that number yet`;
    expect(await api.ask("GET", `/events?after=${said}`)).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: "after", detail }] },
    });
    expect(await api.ask("GET", "/events", undefined, { "last-event-id": said })).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: "Last-Event-ID", detail }] },
    });
  });

  test("takes a place in an earlier run of the server for none in this, whatever its number", async () => {
    await using api = await setApiStage();
    seeds(api, 1, 2, 3);
    const events = [
      { kind: "gap", id: 0, restarted: true },
      { kind: "change", id: 1 },
    ];
    for (const number of [2, 900]) {
      expect(await read(api, "", 2, { "last-event-id": `00000000-${number}` })).toMatchObject(events);
      expect(await read(api, `?after=00000000-${number}`, 2)).toMatchObject(events);
    }
  });

  test("takes the id of an event back", async () => {
    await using api = await setApiStage();
    seeds(api, 1, 2, 3);
    const answer = await fetch(`${api.admin.url}/api/v1/events?after=1`);
    const places: (string | undefined)[] = [];
    if (answer.body === null) throw new Error("no body");
    for await (const { id, data } of readBlocks(answer.body)) {
      if (data === undefined) continue;
      places.push(id);
      break;
    }
    expect(places).toEqual([expect.stringMatching(/^[\da-f]{8}-2$/u)]);
    expect(whats(await read(api, "", 1, { "last-event-id": places[0] ?? "" }))).toEqual(["the seed is 3"]);
  });

  test.each(["x", "-1", "1.5", "12-1", "12345678-"])("refuses %j as Last-Event-ID", async (id) => {
    await using api = await setApiStage();
    expect((await api.ask("GET", "/events", undefined, { "last-event-id": id })).status).toBe(400);
  });

  test("reveals device ids only where the server allows it", async () => {
    await using api = await setApiStage();
    expect((await api.ask("GET", "/events?reveal=device")).status).toBe(403);
    expect((await api.ask("GET", "/events?reveal=user")).status).toBe(400);
  });

  test("serves many readers, each of which gets everything", async () => {
    await using api = await setApiStage();
    const reading = Array.from({ length: 50 }, () => read(api, "?after=0", 20));
    seeds(api, ...Array.from({ length: 20 }, (_, index) => index));
    for (const events of await Promise.all(reading)) expect(events.map(({ id }) => id)).toHaveLength(20);
  });

  test("takes no more readers than it can hold, and any again when one leaves", async () => {
    await using api = await setApiStage();
    const sockets = await Promise.all(Array.from({ length: 256 }, () => follower(api)));
    const refused = await api.ask("GET", "/events");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    for (const socket of sockets) socket.destroy();
    while ((await read(api, "?after=0", 0).catch(() => undefined)) === undefined) seeds(api, 1);
  });

  test("cuts a reader off that reads nothing, once it is behind what is kept", async () => {
    await using api = await setApiStage({ subject: { keptEvents: 100 } });
    const socket = await follower(api);
    socket.pause();
    const closed = once(socket, "close");
    const listener = api.stage.emulator.listener("db");
    for (let turn = 0; turn < 2000; turn += 1) {
      for (let count = 0; count < 60; count += 1) listener?.setProfile(LONG_NAMED, "new");
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.resume();
    await closed;
    expect(socket.bytesRead).toBeLessThan(20_000_000);
  });
});

/** So many changes of this are 25 MB of events: more than the system's buffers of a connection hold. */
const LONG_NAMED = { ...profileOf(), name: `${"a".repeat(63)}b` };

/** A connection that follows events and has had its first bytes. */
async function follower(api: ApiStage): Promise<Socket> {
  const socket = connect(api.admin.address.port, api.admin.address.host);
  socket.on("error", () => undefined);
  socket.write("GET /api/v1/events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "data");
  return socket;
}

describe("a reader", { concurrent: true }, () => {
  const change = (id: number): ApiEvent => ({ kind: "change", id, at: 0, by: "api", what: `${id}` });
  const settings = { after: 0, kinds: undefined, revealed: false, cut: () => undefined };

  test("is let go of when its connection ends", async () => {
    const log = new EventLog<ApiEvent>(10);
    const reader = eventStream(log, settings).getReader();
    await reader.read();
    expect(log.readerCount).toBe(1);
    await reader.cancel();
    expect(log.readerCount).toBe(0);
  });

  test("comes to its end when the log is closed", async () => {
    const log = new EventLog<ApiEvent>(10);
    const reader = eventStream(log, settings).getReader();
    await reader.read();
    const waiting = reader.read();
    log.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test("that was never read is not counted", () => {
    const log = new EventLog<ApiEvent>(10);
    eventStream(log, settings);
    expect(log.readerCount).toBe(0);
  });

  test("is cut off once the log has overtaken it", async () => {
    let cuts = 0;
    const log = new EventLog<ApiEvent>(3);
    const reader = eventStream(log, { ...settings, cut: () => (cuts += 1) }).getReader();
    await reader.read();
    log.append(change);
    await reader.read();
    for (let count = 0; count < 3; count += 1) log.append(change);
    expect([cuts, log.readerCount]).toEqual([0, 1]);
    log.append(change);
    expect([cuts, log.readerCount]).toEqual([1, 0]);
  });

  test("gets no device ids unless they are revealed to it", async () => {
    const log = new EventLog<ApiEvent>(3);
    log.append((id) => ({ ...asked(id), deviceId: "secret" }));
    for (const revealed of [false, true]) {
      const reader = eventStream(log, { ...settings, revealed }).getReader();
      await reader.read();
      const { value } = await reader.read();
      expect(new TextDecoder().decode(value).includes("secret")).toBe(revealed);
      await reader.cancel();
    }
  });
});

function asked(id: number): Extract<ApiEvent, { readonly kind: "asked" }> {
  const device = { device: "000000000000", deviceType: "SP" };
  return { kind: "asked", id, at: 0, listener: "https", exchange: 1, flow: 1, ...device, command: "Ping" };
}
