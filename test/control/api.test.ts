import { request } from "node:http";
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { changeSchema } from "../../src/control/api/event-schemas.ts";
import { API_PAGES } from "../../src/control/landing-page.ts";
import { UsageError } from "../../src/errors.ts";
import { shippedProfile } from "../../src/live/profile-files.ts";
import { idleHop, profileOf } from "../support/rig.ts";
import { type ApiStage, setApiStage } from "../support/api-stage.ts";
import { planOf } from "../support/emulator-stage.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

const SILENT = { toDevice: "drop", toServer: "drop" } as const;
const IDLE = { type: "idle-timeout", idleTimeout: "13m", atExpiry: "drop" };

afterAll(expectNothingOpen);

/** A stage whose listener `db` lies behind a carrier that forgets. */
function behindCarrier(): Promise<ApiStage> {
  return setApiStage({ plan: (target) => planOf(target, profileOf(idleHop(60_000, SILENT, "carrier"))) });
}

describe("listeners", { concurrent: true }, () => {
  test("are listed in order of creation, with the path behind each", async () => {
    await using api = await behindCarrier();
    await api.ask("POST", "/listeners", { name: "a", listen: "127.0.0.1:0", target: api.stage.target });
    const { body } = await api.ask("GET", "/listeners");
    expect(body).toMatchObject({
      listeners: [
        {
          name: "db",
          type: "tcp",
          listen: `127.0.0.1:${api.stage.portOf("db")}`,
          target: api.stage.target,
          enabled: true,
          flows: 0,
          profile: {
            hops: [{ name: "carrier", conditions: [{ type: "idle-timeout", idleTimeout: "1m", atExpiry: "drop" }] }],
          },
        },
        { name: "a", profile: { name: "direct" } },
      ],
    });
  });

  test("are added, and serve at once; the answer says where they are", async () => {
    await using api = await setApiStage();
    const wanted = { name: "imap", listen: "127.0.0.1:0", target: api.stage.target, profile: "firewall-30min" };
    const { status, headers, body } = await api.ask("POST", "/listeners", wanted);
    expect([status, headers.get("location")]).toEqual([201, "/api/v1/listeners/imap"]);
    expect(body).toMatchObject({ name: "imap", enabled: true, profile: { name: "firewall-30min" } });
    await api.stage.joined("imap");
    expect((await api.ask("GET", "/listeners/imap")).body).toMatchObject({ flows: 1 });
  });

  test.each([
    [{ name: "db" }, 409, "E_LISTENER_EXISTS", "#/name"],
    [{ listen: "192.0.2.1:0" }, 422, "E_LISTEN_FAILED", "#/listen"],
    [{ profile: "cloudflare" }, 422, "E_PROFILE_INVALID", "#/profile"],
  ])("are refused with %j", async (change, status, code, pointer) => {
    await using api = await setApiStage();
    const wanted = { name: "x", listen: "127.0.0.1:0", target: api.stage.target, ...change };
    const answer = await api.ask("POST", "/listeners", wanted);
    expect(answer).toMatchObject({ status, body: { status, code, errors: [{ pointer }] } });
    expect(api.stage.emulator.listeners()).toHaveLength(1);
  });

  test("are refused with all that is wrong with them at once, each with its place", async () => {
    await using api = await setApiStage();
    const wanted = { name: "Data.Base", listen: "nonsense", target: "user:secret@db", profile: "direct" };
    const { status, body } = await api.ask("POST", "/listeners", wanted);
    expect([status, body]).toMatchObject([
      422,
      {
        errors: [
          { pointer: "#/name", detail: expect.stringContaining("lower-case words joined by hyphens") },
          { pointer: "#/listen", detail: expect.stringMatching(/^found "nonsense", expected HOST:PORT, /u) },
          { pointer: "#/target", detail: expect.stringMatching(/^found "…@db", expected HOST:PORT with /u) },
        ],
      },
    ]);
  });

  test.each([
    ["listen", ["8443", ":8443", "*:8443", "127.0.0.1:0", "[::1]:65535", "localhost:0080"]],
    ["target", ["localhost:1", "[::1]:65535", "192.0.2.1:9"]],
  ])("take as %s what the command line takes", async (key, texts) => {
    await using api = await setApiStage();
    for (const text of texts) {
      const wanted = { name: "x", enabled: false, listen: ":0", target: "db:1", [key]: text };
      expect([text, (await api.ask("POST", "/listeners", wanted)).status]).toEqual([text, 201]);
      await api.ask("DELETE", "/listeners/x");
    }
  });

  test.each([
    ["listen", ["", "127.0.0.1", "::1:5", "1.2.3:5", "[::g]:5", "127.0.0.1:65536", "a b:1", "a/b:1"]],
    ["target", ["", "db", ":1", "*:1", "5432", "db:0", "db:00", "1.2.3.4.5:1", "http://db:1", "db:99999"]],
  ])("do not take as %s what the command line does not take", async (key, texts) => {
    await using api = await setApiStage();
    for (const text of texts) {
      const answer = await api.ask("POST", "/listeners", { name: "x", listen: ":0", target: "db:1", [key]: text });
      expect([text, answer]).toMatchObject([text, { status: 422, body: { errors: [{ pointer: `#/${key}` }] } }]);
    }
  });

  test("are refused with 409 when the port is taken", async () => {
    await using api = await setApiStage();
    const listen = `127.0.0.1:${api.stage.portOf("db")}`;
    const answer = await api.ask("POST", "/listeners", { name: "x", listen, target: api.stage.target });
    expect(answer).toMatchObject({ status: 409, body: { code: "E_PORT_TAKEN", errors: [{ pointer: "#/listen" }] } });
    await api.ask("POST", "/listeners", { name: "x", listen, target: api.stage.target, enabled: false });
    const enabled = await api.ask("PATCH", "/listeners/x", { enabled: true });
    expect(enabled).toMatchObject({ status: 409, body: { errors: [{ pointer: "#/enabled" }] } });
  });

  test("are disabled and enabled again, moved, and removed", async () => {
    await using api = await setApiStage();
    const port = api.stage.portOf("db");
    const { device } = await api.stage.joined("db");
    expect((await api.ask("PATCH", "/listeners/db", { enabled: false })).body).toMatchObject({ enabled: false });
    await api.stage.until(() => device.state !== "open");
    expect(await api.stage.refuses(port)).toBe(true);
    expect((await api.ask("PATCH", "/listeners/db", { enabled: true })).body).toMatchObject({ enabled: true });
    await api.stage.joined("db");
    const moved = await api.ask("PATCH", "/listeners/db", { listen: "127.0.0.1:0", target: "127.0.0.1:9" });
    expect(moved.body).toMatchObject({ target: "127.0.0.1:9" });
    expect((await api.ask("DELETE", "/listeners/db")).status).toBe(204);
    expect((await api.ask("GET", "/listeners")).body).toEqual({ listeners: [] });
  });

  test("change in all that is asked for, or in nothing", async () => {
    await using api = await setApiStage();
    await api.ask("POST", "/listeners", { name: "cache", listen: "127.0.0.1:0", target: "127.0.0.1:9" });
    const { body: disabled } = await api.ask("PATCH", "/listeners/db", { enabled: false });
    const listen = `127.0.0.1:${api.stage.portOf("cache")}`;
    const change = { enabled: true, listen, target: "127.0.0.1:1" };
    expect((await api.ask("PATCH", "/listeners/db", change)).status).toBe(409);
    expect((await api.ask("GET", "/listeners/db")).body).toEqual(disabled);
    expect((await api.ask("PATCH", "/listeners/db", { enabled: true })).body).toMatchObject({ enabled: true });
  });

  test.each(["GET", "DELETE"])("that are not there are told with 404 to %s", async (method) => {
    await using api = await setApiStage();
    expect(await api.ask(method, "/listeners/none")).toMatchObject({
      status: 404,
      body: { type: "about:blank", title: "Not Found", detail: 'There is no listener "none".' },
    });
  });
});

describe("profiles", { concurrent: true }, () => {
  test("are listed as their files spell them, and shown one by one", async () => {
    await using api = await setApiStage();
    const { body } = await api.ask("GET", "/profiles");
    expect(body).toMatchObject({ profiles: expect.arrayContaining([expect.objectContaining({ name: "direct" })]) });
    expect((await api.ask("GET", "/profiles/carrier-13min")).body).toMatchObject({
      hops: [{ conditions: [{ idleTimeout: "13m" }] }],
    });
    expect((await api.ask("GET", "/profiles/none")).status).toBe(404);
  });

  test("are put in force by name, for new flows only when nothing else is said", async () => {
    await using api = await setApiStage();
    await api.stage.joined("db");
    const answer = await api.ask("PUT", "/listeners/db/profile", { profile: "carrier-13min" });
    expect(answer).toMatchObject({ status: 200, body: { profile: { name: "carrier-13min" } } });
    await api.stage.joined("db");
    expect(api.stage.emulator.flows().map(({ hops }) => hops.length)).toEqual([0, 1]);
    await api.ask("PUT", "/listeners/db/profile", { profile: "carrier-13min-firewall-30min", flows: "all" });
    expect(api.stage.emulator.flows().map(({ hops }) => hops.length)).toEqual([2, 2]);
  });

  test("that are named are read alone, and once", async () => {
    const read: string[] = [];
    const profile = (name: string) => {
      read.push(name);
      return shippedProfile(name);
    };
    await using api = await setApiStage({ subject: { profile } });
    for (const name of ["direct", "carrier-13min", "direct"])
      expect((await api.ask("PUT", "/listeners/db/profile", { profile: name })).status).toBe(200);
    expect(read).toEqual(["direct", "carrier-13min"]);
  });

  test.each(["../package", "./profiles/direct.yaml", "/etc/passwd"])("are named, never a file: %j", async (profile) => {
    await using api = await setApiStage();
    const answer = await api.ask("PUT", "/listeners/db/profile", { profile });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: "#/profile" }] } });
  });

  test("are put in force written out, and read back in the same spelling", async () => {
    await using api = await setApiStage();
    const profile = {
      name: "mine",
      title: "My path",
      source: "measured",
      hops: [
        { name: "hop", kind: "nat", conditions: [{ ...IDLE, name: "short", during: { from: "1m", every: "1h" } }] },
      ],
    };
    expect((await api.ask("PUT", "/listeners/db/profile", { profile })).status).toBe(200);
    expect((await api.ask("GET", "/listeners/db/profile")).body).toEqual(profile);
  });

  test("that have faults are refused with all of them, each with its place", async () => {
    await using api = await setApiStage();
    const hop = { name: "hop", kind: "nat", conditions: [{ ...IDLE, idleTimeout: 13 }, { type: "idle-timout" }] };
    const profile = { name: "Mine", title: "My path", source: "measured", hops: [hop, hop] };
    const { status, body } = await api.ask("PUT", "/listeners/db/profile", { profile });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      errors: expect.arrayContaining([
        expect.objectContaining({ pointer: "#/profile/name" }),
        expect.objectContaining({ pointer: "#/profile/hops/0/conditions/0/idleTimeout" }),
        expect.objectContaining({
          pointer: "#/profile/hops/0/conditions/1/type",
          detail: expect.stringContaining("idle-timeout"),
        }),
      ]),
    });
    expect(api.stage.emulator.listener("db")?.profile.hops).toEqual([]);
  });

  test("that break rules across hops are refused too", async () => {
    await using api = await setApiStage();
    const hop = { name: "hop", kind: "nat", conditions: [] };
    const profile = { name: "mine", title: "My path", source: "measured", hops: [hop, hop] };
    const answer = await api.ask("PUT", "/listeners/db/profile", { profile });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: "#/profile/hops/1/name" }] } });
  });

  test("of unknown name are refused with the nearest that there is", async () => {
    await using api = await setApiStage();
    const answer = await api.ask("PUT", "/listeners/db/profile", { profile: "carrier-13mn" });
    expect(answer).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "#/profile", detail: expect.stringContaining("did you mean carrier-13min?") }] },
    });
  });
});

describe("conditions", { concurrent: true }, () => {
  test("are listed with their places", async () => {
    await using api = await behindCarrier();
    expect((await api.ask("GET", "/listeners/db/conditions")).body).toEqual({
      conditions: [
        {
          id: "carrier/idle-timeout",
          hop: "carrier",
          position: 0,
          condition: { type: "idle-timeout", idleTimeout: "1m", atExpiry: "drop" },
        },
      ],
    });
  });

  test("are added, changed, replaced and removed under live flows", async () => {
    await using api = await behindCarrier();
    await api.stage.joined("db");
    const path = "/listeners/db/conditions";
    const added = await api.ask("POST", path, { hop: "firewall", kind: "firewall", condition: IDLE, flows: "all" });
    expect([added.status, added.headers.get("location")]).toEqual([201, `/api/v1${path}/firewall%2Fidle-timeout`]);
    expect(added.body).toMatchObject({ id: "firewall/idle-timeout", condition: { idleTimeout: "13m" } });
    expect(api.stage.emulator.flow(1)?.hops.map(({ name }) => name)).toEqual([
      "carrier/idle-timeout",
      "firewall/idle-timeout",
    ]);

    const one = `${path}/firewall%2Fidle-timeout`;
    const patched = await api.ask("PATCH", one, { condition: { idleTimeout: "5m", name: "short" } });
    expect(patched.body).toMatchObject({ id: "short", condition: { idleTimeout: "5m", atExpiry: "drop" } });
    const replaced = await api.ask("PUT", `${path}/short`, { condition: { ...IDLE, atExpiry: "reset" } });
    expect(replaced.body).toMatchObject({ id: "firewall/idle-timeout", condition: { atExpiry: "reset" } });
    expect((await api.ask("GET", one)).body).toEqual(replaced.body);
    expect((await api.ask("DELETE", `${one}?flows=all`)).status).toBe(204);
    expect(api.stage.emulator.flow(1)?.hops).toHaveLength(1);
    expect((await api.ask("GET", one)).status).toBe(404);
  });

  test("lose a setting with null", async () => {
    await using api = await behindCarrier();
    const one = "/listeners/db/conditions/carrier%2Fidle-timeout";
    const patched = await api.ask("PATCH", one, { condition: { atExpiry: "reset", refreshedBy: "toServer" } });
    expect(patched.body).toMatchObject({ condition: { atExpiry: "reset", refreshedBy: "toServer" } });
    const again = await api.ask("PATCH", one, { condition: { atExpiry: null, refreshedBy: null } });
    expect(again.body).toMatchObject({ condition: { type: "idle-timeout", idleTimeout: "1m", atExpiry: "drop" } });
  });

  test.each([
    ["POST", "", { hop: "x", condition: { ...IDLE, idleTimeout: "13" } }, "#/condition/idleTimeout"],
    ["POST", "", { hop: "x", condition: { type: "latenzy" } }, "#/condition/type"],
    ["POST", "", { hop: "Not a hop", condition: IDLE }, "#/hop"],
    ["POST", "", { hop: "carrier", condition: IDLE, position: 2 }, "#/position"],
    ["POST", "", { hop: "carrier", condition: { ...IDLE, atExpiry: { respond: 504 } } }, "#/condition/atExpiry"],
    ["POST", "", { hop: "carrier", condition: IDLE, flow: "all" }, "#/flow"],
    ["POST", "", { hop: "carrier", kind: "reverse-proxy", condition: IDLE }, "#/kind"],
    ["POST", "", { hop: "carrier", condition: IDLE, flows: "some" }, "#/flows"],
    ["POST", "", { hop: "carrier" }, "#/condition"],
    ["PUT", "/carrier%2Fidle-timeout", { condition: { ...IDLE, atExpiry: { respond: 504 } } }, "#/condition/atExpiry"],
    ["PATCH", "/carrier%2Fidle-timeout", { condition: { idleTimeout: "1y" } }, "#/condition/idleTimeout"],
    ["PATCH", "/carrier%2Fidle-timeout", { condition: { delay: "1s" } }, "#/condition/delay"],
    ["PATCH", "/carrier%2Fidle-timeout", { condition: { idleTimeout: null } }, "#/condition/idleTimeout"],
  ])("are refused: %s %s %j", async (method, path, body, pointer) => {
    await using api = await behindCarrier();
    const answer = await api.ask(method, `/listeners/db/conditions${path}`, body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
    expect(await api.client.listConditions("db")).toHaveLength(1);
  });

  test("have names of their own", async () => {
    await using api = await behindCarrier();
    const wanted = { hop: "carrier", condition: { ...IDLE, name: "short" } };
    expect((await api.ask("POST", "/listeners/db/conditions", wanted)).status).toBe(201);
    expect((await api.ask("POST", "/listeners/db/conditions", wanted)).status).toBe(409);
    const change = { condition: { name: "short" } };
    expect((await api.ask("PATCH", "/listeners/db/conditions/carrier%2Fidle-timeout", change)).status).toBe(409);
  });

  test.each(["GET", "PUT", "PATCH", "DELETE"])("that are not there are told with 404 to %s", async (method) => {
    await using api = await behindCarrier();
    const body = { PUT: { condition: IDLE }, PATCH: { condition: {} } }[method];
    for (const path of ["/listeners/db/conditions/none", "/listeners/none/conditions/carrier%2Fidle-timeout"])
      expect((await api.ask(method, path, body)).status).toBe(404);
  });
});

describe("flows", { concurrent: true }, () => {
  test("are listed by id, page by page, with the time left on their hops", async () => {
    await using api = await behindCarrier();
    for (let count = 0; count < 5; count += 1) await api.stage.joined("db");
    const first = await api.ask("GET", "/flows?limit=2");
    expect(first.body).toMatchObject({
      flows: [
        { id: 1, listener: "db", hops: [{ name: "carrier/idle-timeout", dueInMs: 60_000, active: true }] },
        { id: 2, bytes: { fromDevice: 5, toServer: 5, fromServer: 7, toDevice: 7 } },
      ],
      next: "2",
    });
    expect((await api.ask("GET", "/flows?limit=2&cursor=4")).body).toEqual({
      flows: [expect.objectContaining({ id: 5 })],
    });
    expect((await api.client.listFlows()).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(await api.client.listFlows({ listener: "db" })).toHaveLength(5);
  });

  test("are listed of a listener without any, but not of one that is not there", async () => {
    await using api = await setApiStage();
    expect((await api.ask("GET", "/flows?listener=db")).body).toEqual({ flows: [] });
    expect(await api.ask("GET", "/flows?listener=dc&device=000000000000")).toMatchObject({
      status: 400,
      body: {
        errors: [
          { parameter: "listener", detail: 'found "dc", expected db; did you mean db?' },
          { parameter: "device", detail: 'found "000000000000", expected one that has parked a request: see /devices' },
        ],
      },
    });
    await api.client.removeListener("db");
    expect(await api.ask("GET", "/flows?listener=db")).toMatchObject({
      status: 400,
      body: { detail: 'found "db", expected none, because nothing listens' },
    });
  });

  test("are ended with the ending that is asked for, as a hop named operator would", async () => {
    await using api = await setApiStage();
    const { device } = await api.stage.joined("db");
    expect((await api.ask("GET", "/flows/1")).status).toBe(200);
    expect((await api.ask("DELETE", "/flows/1?ending=close")).status).toBe(204);
    await api.stage.until(() => device.state === "fin");
    device.socket.end();
    const second = await api.stage.joined("db");
    expect((await api.ask("DELETE", "/flows/2")).status).toBe(204);
    await api.stage.until(() => second.device.state === "rst");
    expect((await api.ask("DELETE", "/flows/2")).status).toBe(404);
    const ended = api.stage.events.map((each) => (each.kind === "flow" ? each.event : undefined));
    expect(ended).toContainEqual(expect.objectContaining({ kind: "ended", hop: "operator" }));
  });

  test.each(["/flows/99", "/flows/x", "/flows/-1", "/flows/1e0", "/flows/0x1", "/devices/000000000000"])(
    "and devices that are not there are told with 404: %s",
    async (path) => {
      await using api = await setApiStage();
      expect((await api.ask("GET", path)).status).toBe(404);
      expect((await api.ask("DELETE", path.startsWith("/devices") ? `${path}/flows` : path)).status).toBe(404);
    },
  );
});

describe("the scenario", { concurrent: true }, () => {
  test("has a seed and a timeline that can be set, started and stopped, and a reset", async () => {
    await using api = await setApiStage();
    expect((await api.ask("GET", "/scenario")).body).toEqual({ seed: 7, timelineStartedAt: 0 });
    expect((await api.ask("PUT", "/scenario/seed", { seed: 42 })).body).toMatchObject({ seed: 42 });
    expect((await api.ask("POST", "/scenario/timeline/stop")).body).toEqual({ seed: 42 });
    expect((await api.ask("POST", "/scenario/timeline/start")).body).toEqual({ seed: 42, timelineStartedAt: 0 });
    await api.ask("PUT", "/listeners/db/profile", { profile: "carrier-13min" });
    expect((await api.ask("POST", "/scenario/reset")).body).toEqual({ seed: 7, timelineStartedAt: 0 });
    expect(api.stage.emulator.listener("db")?.profile.hops).toEqual([]);
  });

  test.each([
    {},
    { seed: 1.5 },
    { seed: "7" },
    { seed: 2 ** 32 },
    { seed: -1 },
    { seed: 1, more: 2 },
    [],
    null,
    7,
    "7",
  ])("takes no seed from %j", async (body) => {
    await using api = await setApiStage();
    expect((await api.ask("PUT", "/scenario/seed", JSON.stringify(body))).status).toBe(422);
    expect(api.stage.emulator.scenario().seed).toBe(7);
  });

  test("is reloaded, or told why not", async () => {
    let fault: Error | undefined;
    let needRestart: readonly string[] = [];
    const read = () =>
      fault === undefined ? Promise.resolve({ ...planOf("127.0.0.1:9"), needRestart }) : Promise.reject(fault);
    await using api = await setApiStage({ emulator: { read } });
    expect(await api.ask("POST", "/reload")).toMatchObject({ status: 200, body: { needRestart: [] } });
    needRestart = ["drain"];
    expect(await api.ask("POST", "/reload")).toMatchObject({ status: 200, body: { needRestart } });
    fault = new UsageError("E_CONFIG_INVALID", "found nonsense");
    expect(await api.ask("POST", "/reload")).toMatchObject({
      status: 422,
      body: { code: "E_CONFIG_INVALID", detail: "found nonsense" },
    });
    expect(api.faults).toEqual([]);
  });

  test("remembers what was changed, by whom, oldest first", async () => {
    await using api = await setApiStage({ emulator: { read: () => Promise.resolve(planOf("127.0.0.1:9")) } });
    await api.ask("PUT", "/scenario/seed", { seed: 42 });
    api.stage.emulator.setSeed(43);
    await api.ask("PUT", "/listeners/db/profile", { profile: "carrier-13min" });
    api.stage.emulator.as("toxiproxy").setSeed(44);
    await api.ask("POST", "/reload");
    const changes = await api.client.getHistory();
    expect(changes).toMatchObject([
      { kind: "change", by: "api", what: "the seed is 42" },
      { kind: "change", by: "library", what: "the seed is 43" },
      { kind: "change", by: "api", listener: "db" },
      { kind: "change", by: "toxiproxy", what: "the seed is 44" },
      { kind: "change", by: "reload" },
    ]);
    expect(new Set(changes.map(({ by }) => by))).toEqual(new Set(changeSchema.shape.by.options));
  });
});

describe("a request", { concurrent: true }, () => {
  test.each([
    ["GET", "/flows?limit=0", 400],
    ["GET", "/flows?limit=1001", 400],
    ["GET", "/flows?limit=many", 400],
    ["GET", "/flows?limit=1&limit=2", 400],
    ["GET", "/flows?cursor=x", 400],
    ["GET", "/flows?device=nobody", 400],
    ["GET", "/devices?cursor=zz", 400],
    ["GET", "/flows?colour=red", 400],
    ["GET", "/scenario?x=1", 400],
    ["DELETE", "/flows/1?ending=explode", 400],
    ["GET", "/events?kinds=asked,nothing", 400],
  ])("%s %s is refused with %d and the parameter", async (method, path, status) => {
    await using api = await setApiStage();
    const answer = await api.ask(method, path);
    expect(answer).toMatchObject({ status, body: { errors: [{ parameter: expect.any(String) }] } });
  });

  test.each(["", "{", "nonsense", '{"seed": 1}x'])("whose body is %j is refused with 400", async (body) => {
    await using api = await setApiStage();
    expect((await api.ask("PUT", "/scenario/seed", body)).status).toBe(400);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])(
    "of the content type %j is refused with 415",
    async (type) => {
      await using api = await setApiStage();
      const headers = { "content-type": type };
      expect((await api.ask("PUT", "/scenario/seed", { seed: 1 }, headers)).status).toBe(415);
      expect((await api.ask("POST", "/scenario/reset", "x=1", headers)).status).toBe(415);
      expect(api.stage.emulator.changes()).toEqual([]);
    },
  );

  test("may name a character set", async () => {
    await using api = await setApiStage();
    const headers = { "content-type": "Application/JSON; charset=utf-8" };
    expect((await api.ask("PUT", "/scenario/seed", { seed: 1 }, headers)).status).toBe(200);
  });

  test("larger than 1 MiB is refused with 413, told beforehand or not", async () => {
    await using api = await setApiStage();
    const large = JSON.stringify({ profile: "x".repeat(1024 * 1024) });
    expect((await api.ask("PUT", "/listeners/db/profile", large)).status).toBe(413);
    const asking = request(`${api.admin.url}/api/v1/listeners/db/profile`, {
      method: "PUT",
      headers: { "content-type": "application/json", "transfer-encoding": "chunked" },
    });
    asking.on("error", () => undefined).end(large);
    const [answer] = await once(asking, "response");
    answer.resume();
    expect(answer.statusCode).toBe(413);
  });

  test("that breaks off is nobody's fault", async () => {
    await using api = await setApiStage();
    const socket = connect(api.admin.address.port, api.admin.address.host);
    socket.write(
      "POST /api/v1/listeners HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n" +
        "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    );
    await once(socket, "data");
    socket.destroy();
    await once(socket, "close");
    await api.client.about();
    await api.client.about();
    expect(api.faults).toEqual([]);
  });

  test("may begin with a byte order mark", async () => {
    await using api = await setApiStage();
    expect((await api.ask("PUT", "/scenario/seed", '\uFEFF{"seed":1}')).status).toBe(200);
  });

  test("nested without end is refused as any other", async () => {
    await using api = await setApiStage();
    const deep = `{"profile":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect((await api.ask("PUT", "/listeners/db/profile", deep)).status).toBe(422);
    const hops = `{"profile":{"name":"a","title":"b","source":"c","hops":${'[{"hops":'.repeat(5000)}1${"}]".repeat(5000)}}}`;
    expect((await api.ask("PUT", "/listeners/db/profile", hops)).status).toBe(422);
    expect(api.faults).toEqual([]);
  });

  test("is refused with 503 when the server is ending, unless it only asks", async () => {
    await using api = await setApiStage({ subject: { ready: () => false } });
    expect((await api.ask("PUT", "/scenario/seed", { seed: 1 })).status).toBe(503);
    expect((await api.ask("GET", "/about")).body).toMatchObject({ ready: false });
  });

  test.each(["/listeners", "/openapi.json", "/events"])("HEAD %s answers as GET, without a body", async (path) => {
    await using api = await setApiStage();
    const answer = await fetch(`${api.admin.url}/api/v1${path}`, { method: "HEAD" });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  });
});

test.each(["", "/", "/nope", "/listeners/db/nope"])(
  "what is not at %j is told, with where all that is is described",
  async (path) => {
    await using api = await setApiStage();
    expect(await api.ask("GET", path)).toMatchObject({
      status: 404,
      body: { detail: `There is nothing at /api/v1${path}; /api/v1/openapi.json describes what there is.` },
    });
  },
);

test("the landing page names what the API shows, and all of it is there", async () => {
  await using api = await setApiStage();
  const page = await (await fetch(api.admin.url)).text();
  for (const { path } of API_PAGES) {
    expect(page).toContain(`<a href="${path}">`);
    const found = await fetch(`${api.admin.url}${path}`);
    await found.body?.cancel();
    expect([path, found.status]).toEqual([path, 200]);
  }
});

describe("from a web page", { concurrent: true }, () => {
  test.each([
    ["another site", { origin: "http://evil.example" }, 403],
    ["another port of this machine", { origin: "http://127.0.0.1:1" }, 403],
    ["nowhere that it says", { origin: "null" }, 403],
    ["another site, by what the browser knows", { "sec-fetch-site": "cross-site" }, 403],
    ["another name of the same site", { "sec-fetch-site": "same-site" }, 403],
    ["the address bar", { "sec-fetch-site": "none" }, 200],
  ])("of %s a change is answered with %d", async (_, headers, status) => {
    await using api = await setApiStage();
    expect((await api.ask("POST", "/scenario/timeline/stop", undefined, headers)).status).toBe(status);
    expect(api.stage.emulator.changes()).toHaveLength(status === 200 ? 1 : 0);
  });

  test("of our own a change is taken", async () => {
    await using api = await setApiStage();
    const headers = { origin: api.admin.url, "sec-fetch-site": "same-origin" };
    expect((await api.ask("POST", "/scenario/timeline/stop", undefined, headers)).status).toBe(200);
  });
});

describe("a token", { concurrent: true }, () => {
  const token = "correct-horse-battery";

  test.each([
    [undefined, 401],
    ["Bearer wrong-horsey-battery", 401],
    ["Bearer correct-horse-batter", 401],
    ["Bearer correct-horse-battery1", 401],
    ["Basic correct-horse-battery", 401],
    ["Bearer", 401],
    ["Bearer correct-horse-battery", 200],
    ["bearer  correct-horse-battery", 200],
  ])("that is demanded: %j is answered with %d", async (authorization, status) => {
    await using api = await setApiStage({ admin: { token } });
    for (const path of ["/api/v1/listeners", "/metrics", "/"]) {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await fetch(`${api.admin.url}${path}`, { headers });
      await answer.body?.cancel();
      expect([answer.status, answer.headers.has("www-authenticate")]).toEqual([status, status === 401]);
    }
    expect((await fetch(`${api.admin.url}/-/healthy`)).status).toBe(200);
  });

  test("is what the client sends", async () => {
    await using api = await setApiStage({ admin: { token } });
    expect(await api.client.getScenario()).toMatchObject({ seed: 7 });
  });
});
