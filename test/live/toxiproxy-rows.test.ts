import { afterAll, describe, expect, test } from "vitest";
import { setToxiproxyStage, type ToxiproxyStage } from "../support/toxiproxy-stage.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

afterAll(expectNothingOpen);

const PLAIN = "text/plain; charset=utf-8";
const JSON_TYPE = "application/json";

/** A proxy named `p` with a toxic each way. */
async function stageWithToxics(): Promise<ToxiproxyStage> {
  const stage = await setToxiproxyStage();
  await stage.proxy();
  await stage.ask("POST", "/proxies/p/toxics", { type: "latency", attributes: { latency: 5 } });
  await stage.ask("POST", "/proxies/p/toxics", { type: "noop", stream: "upstream" });
  return stage;
}

function error(text: string, status: number): string {
  return `${JSON.stringify({ error: text, status })}\n`;
}

const LATENCY = `{"attributes":{"latency":5,"jitter":0},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":1}`;
const NOOP = `{"attributes":{},"name":"noop_upstream","type":"noop","stream":"upstream","toxicity":1}`;

/** `{…}` of proxy `p` as it is, with its real address. */
async function proxyText(stage: ToxiproxyStage, toxics = `${NOOP},${LATENCY}`, enabled = true): Promise<string> {
  const { listen } = await stage.client.get("p");
  return `{"name":"p","listen":"${listen}","upstream":"${stage.upstream}","enabled":${enabled},"toxics":[${toxics}]}`;
}

interface Row {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  /** `null` for none. */
  readonly type: string | null;
  readonly text: string | ((stage: ToxiproxyStage) => string | Promise<string>);
}

function refusal(name: string, request: readonly [string, string, unknown?], status: number, text: string): Row {
  const [method, path, body] = request;
  return { name, method, path, body, status, type: PLAIN, text: error(text, status) };
}

function success(
  name: string,
  request: readonly [string, string, unknown?],
  status: number,
  text: Row["text"],
  type: string | null = JSON_TYPE,
): Row {
  const [method, path, body] = request;
  return { name, method, path, body, status, type, text };
}

const UP = "127.0.0.1:9";
const OUT_OF_STREAM = "stream was invalid, can be either upstream or downstream";

/** The reference table, row by row: statuses, types and bodies to the byte. */
const ROWS: readonly Row[] = [
  success(
    "GET /proxies gives an object by name",
    ["GET", "/proxies"],
    200,
    async (stage) => `{"p":${await proxyText(stage)}}`,
  ),
  success(
    "POST /proxies creates, enabled unless it is said",
    ["POST", "/proxies", { name: "new", listen: "127.0.0.1:0", upstream: UP }],
    201,
    async (stage) =>
      `{"name":"new","listen":"${(await stage.client.get("new")).listen}","upstream":"${UP}","enabled":true,"toxics":[]}`,
  ),
  success(
    "POST /proxies creates a disabled one, which listens nowhere yet",
    ["POST", "/proxies", { name: "new", listen: "127.0.0.1:0", upstream: UP, enabled: false }],
    201,
    `{"name":"new","listen":"127.0.0.1:0","upstream":"${UP}","enabled":false,"toxics":[]}`,
  ),
  success(
    "POST /proxies ignores what it does not know, the case of names, and null",
    ["POST", "/proxies", { NAME: "new", Listen: "127.0.0.1:0", upSTREAM: UP, enabled: null, toxics: "none", more: 1 }],
    201,
    async (stage) =>
      `{"name":"new","listen":"${(await stage.client.get("new")).listen}","upstream":"${UP}","enabled":true,"toxics":[]}`,
  ),
  refusal("POST /proxies without a body", ["POST", "/proxies"], 400, "bad request body: EOF"),
  refusal("POST /proxies with half a body", ["POST", "/proxies", '{"name":'], 400, "bad request body: unexpected EOF"),
  refusal(
    "POST /proxies with a list",
    ["POST", "/proxies", []],
    400,
    "bad request body: json: cannot unmarshal array into Go value of type Proxy",
  ),
  refusal(
    "POST /proxies with a name that is no text",
    ["POST", "/proxies", { name: 1, upstream: UP }],
    400,
    "bad request body: json: cannot unmarshal number 1 into Go struct field Proxy.name of type string",
  ),
  refusal(
    "POST /proxies with an enabled that is neither true nor false",
    ["POST", "/proxies", { name: "new", upstream: UP, enabled: "yes" }],
    400,
    "bad request body: json: cannot unmarshal string into Go struct field Proxy.enabled of type bool",
  ),
  refusal("POST /proxies without a name", ["POST", "/proxies", { upstream: UP }], 400, "missing required field: name"),
  refusal("POST /proxies with null", ["POST", "/proxies", "null"], 400, "missing required field: name"),
  refusal(
    "POST /proxies without an upstream",
    ["POST", "/proxies", { name: "p" }],
    400,
    "missing required field: upstream",
  ),
  refusal(
    "POST /proxies of a name that is there",
    ["POST", "/proxies", { name: "p", upstream: UP }],
    409,
    "proxy already exists",
  ),
  {
    ...success("POST /proxies on a port that is taken", ["POST", "/proxies"], 500, (stage) =>
      error(`listen tcp ${stage.upstream}: bind: address already in use`, 500),
    ),
    type: PLAIN,
    body: (stage: ToxiproxyStage) => ({ name: "new", listen: stage.upstream, upstream: UP }),
  },
  refusal(
    "POST /proxies on what is no address",
    ["POST", "/proxies", { name: "new", listen: "nowhere", upstream: UP }],
    500,
    'listen tcp: address nowhere: found the address "nowhere", expected HOST:PORT, [IPV6]:PORT, :PORT or PORT, such as 127.0.0.1:8443',
  ),
  success(
    "POST /populate creates a list",
    ["POST", "/populate", [{ name: "a", listen: "127.0.0.1:0", upstream: UP, enabled: false }]],
    201,
    `{"proxies":[{"name":"a","listen":"127.0.0.1:0","upstream":"${UP}","enabled":false,"toxics":[]}]}`,
  ),
  success("POST /populate of nothing", ["POST", "/populate", []], 201, '{"proxies":null}'),
  success("POST /populate of null", ["POST", "/populate", "null"], 201, '{"proxies":null}'),
  success(
    "POST /populate without a name creates nothing, counts from 1, and calls its error JSON",
    ["POST", "/populate", [{ name: "a", upstream: UP }, { upstream: UP }]],
    400,
    '{"error":"missing required field: name at proxy 2","status":400,"proxies":null}',
  ),
  success(
    "POST /populate without an upstream",
    ["POST", "/populate", [{ name: "a" }]],
    400,
    '{"error":"missing required field: upstream at proxy 1","status":400,"proxies":null}',
  ),
  success(
    "POST /populate of no list",
    ["POST", "/populate", {}],
    400,
    '{"error":"bad request body: json: cannot unmarshal object into Go value of type []Proxy","status":400,"proxies":null}',
  ),
  success(
    "POST /populate of a list of texts",
    ["POST", "/populate", ["a"]],
    400,
    '{"error":"bad request body: json: cannot unmarshal string into Go value of type Proxy","status":400,"proxies":null}',
  ),
  {
    ...success("POST /populate tells what it created before a fault", ["POST", "/populate"], 500, (stage) =>
      JSON.stringify({
        error: `listen tcp ${stage.upstream}: bind: address already in use`,
        status: 500,
        proxies: [{ name: "a", listen: "127.0.0.1:0", upstream: UP, enabled: false, toxics: [] }],
      }),
    ),
    body: (stage: ToxiproxyStage) => [
      { name: "a", listen: "127.0.0.1:0", upstream: UP, enabled: false },
      { name: "b", listen: stage.upstream, upstream: UP },
    ],
  },
  success("GET /proxies/{proxy}", ["GET", "/proxies/p"], 200, proxyText),
  refusal("GET /proxies/{proxy} that is not there", ["GET", "/proxies/q"], 404, "proxy not found"),
  ...["POST", "PATCH"].flatMap((method) => [
    success(
      `${method} /proxies/{proxy} changes nothing of what is left out`,
      [method, "/proxies/p", {}],
      200,
      proxyText,
    ),
    success(`${method} /proxies/{proxy} stops it`, [method, "/proxies/p", { enabled: false }], 200, (stage) =>
      proxyText(stage, undefined, false),
    ),
    success(`${method} /proxies/{proxy} can't change its name`, [method, "/proxies/p", { name: "q" }], 200, proxyText),
    refusal(
      `${method} /proxies/{proxy} with a listen that is no text`,
      [method, "/proxies/p", { listen: true }],
      400,
      "bad request body: json: cannot unmarshal bool into Go struct field Proxy.listen of type string",
    ),
    refusal(`${method} /proxies/{proxy} that is not there`, [method, "/proxies/q", "no JSON"], 404, "proxy not found"),
    {
      ...success(`${method} /proxies/{proxy} to a port that is taken`, [method, "/proxies/p"], 500, (stage) =>
        error(`listen tcp ${stage.upstream}: bind: address already in use`, 500),
      ),
      type: PLAIN,
      body: (stage: ToxiproxyStage) => ({ listen: stage.upstream, upstream: UP }),
    },
  ]),
  success("DELETE /proxies/{proxy}", ["DELETE", "/proxies/p"], 204, "", null),
  refusal("DELETE /proxies/{proxy} that is not there", ["DELETE", "/proxies/q"], 404, "proxy not found"),
  success(
    "GET /proxies/{proxy}/toxics, upstream before downstream",
    ["GET", "/proxies/p/toxics"],
    200,
    `[${NOOP},${LATENCY}]`,
  ),
  refusal("GET /proxies/{proxy}/toxics of no proxy", ["GET", "/proxies/q/toxics"], 404, "proxy not found"),
  success(
    "POST /proxies/{proxy}/toxics answers 200, with what was left out",
    ["POST", "/proxies/p/toxics", { type: "timeout" }],
    200,
    '{"attributes":{"timeout":0},"name":"timeout_downstream","type":"timeout","stream":"downstream","toxicity":1}',
  ),
  success(
    "POST /proxies/{proxy}/toxics takes a stream in any case and gives it back as it was",
    ["POST", "/proxies/p/toxics", { type: "slicer", stream: "UpStream", toxicity: 0.1, attributes: { delay: 7 } }],
    200,
    '{"attributes":{"average_size":0,"size_variation":0,"delay":7},"name":"slicer_UpStream","type":"slicer","stream":"UpStream","toxicity":0.1}',
  ),
  success(
    "POST /proxies/{proxy}/toxics with a name of its own, and more digits of toxicity than 32 bits hold",
    ["POST", "/proxies/p/toxics", { name: "<b>&", type: "noop", toxicity: 0.123456789 }],
    200,
    String.raw`{"attributes":{},"name":"\u003cb\u003e\u0026","type":"noop","stream":"downstream","toxicity":0.12345679}`,
  ),
  refusal("POST /proxies/{proxy}/toxics without a body", ["POST", "/proxies/p/toxics"], 400, "bad request body: EOF"),
  refusal(
    "POST /proxies/{proxy}/toxics: JSON before all else",
    ["POST", "/proxies/p/toxics", { type: 1, stream: "aside" }],
    400,
    "bad request body: json: cannot unmarshal number 1 into Go struct field Toxic.type of type string",
  ),
  refusal(
    "POST /proxies/{proxy}/toxics: stream before type",
    ["POST", "/proxies/p/toxics", { type: "nonsense", stream: "aside" }],
    400,
    OUT_OF_STREAM,
  ),
  refusal(
    "POST /proxies/{proxy}/toxics with a stream that is empty",
    ["POST", "/proxies/p/toxics", { type: "latency", stream: "" }],
    400,
    OUT_OF_STREAM,
  ),
  refusal(
    "POST /proxies/{proxy}/toxics: type before name",
    ["POST", "/proxies/p/toxics", { type: "nonsense", name: "latency_downstream" }],
    400,
    "invalid toxic type",
  ),
  refusal("POST /proxies/{proxy}/toxics without a type", ["POST", "/proxies/p/toxics", {}], 400, "invalid toxic type"),
  refusal(
    "POST /proxies/{proxy}/toxics: name before attributes, across both directions",
    ["POST", "/proxies/p/toxics", { type: "latency", name: "noop_upstream", attributes: { latency: "5" } }],
    409,
    "toxic already exists",
  ),
  ...(
    [
      ["5", "string"],
      [true, "bool"],
      [1.5, "number 1.5"],
      [[], "array"],
      [{}, "object"],
    ] as const
  ).map(([latency, found]) =>
    refusal(
      `POST /proxies/{proxy}/toxics with an attribute that is ${JSON.stringify(latency)}`,
      ["POST", "/proxies/p/toxics", { name: "new", type: "latency", attributes: { latency } }],
      400,
      `bad request body: json: cannot unmarshal ${found} into Go struct field Toxic.attributes.latency of type int64`,
    ),
  ),
  refusal(
    "POST /proxies/{proxy}/toxics with attributes that are no object",
    ["POST", "/proxies/p/toxics", { name: "new", type: "latency", attributes: 5 }],
    400,
    "bad request body: json: cannot unmarshal number 5 into Go struct field Toxic.attributes of type object",
  ),
  refusal(
    "POST /proxies/{proxy}/toxics with a toxicity that is no number",
    ["POST", "/proxies/p/toxics", { name: "new", type: "latency", toxicity: "1" }],
    400,
    "bad request body: json: cannot unmarshal string into Go struct field Toxic.toxicity of type float32",
  ),
  refusal("POST /proxies/{proxy}/toxics of no proxy", ["POST", "/proxies/q/toxics", "no JSON"], 404, "proxy not found"),
  refusal(
    "POST /proxies/{proxy}/toxics: idle_timeout needs its time",
    ["POST", "/proxies/p/toxics", { type: "idle_timeout" }],
    400,
    "bad request body: timeout: found 0, expected 1 to 2592000000 ms",
  ),
  refusal(
    "POST /proxies/{proxy}/toxics: lifetime knows its actions",
    ["POST", "/proxies/p/toxics", { type: "lifetime", attributes: { timeout: 5, action: "explode" } }],
    400,
    "bad request body: action: found explode, expected one of drop, reset, close, reset-on-next",
  ),
  success("GET /proxies/{proxy}/toxics/{toxic}", ["GET", "/proxies/p/toxics/latency_downstream"], 200, LATENCY),
  refusal(
    "GET /proxies/{proxy}/toxics/{toxic} of no proxy",
    ["GET", "/proxies/q/toxics/latency_downstream"],
    404,
    "proxy not found",
  ),
  refusal(
    "GET /proxies/{proxy}/toxics/{toxic} that is not there",
    ["GET", "/proxies/p/toxics/t"],
    404,
    "toxic not found",
  ),
  ...["POST", "PATCH"].flatMap((method) => [
    success(
      `${method} /proxies/{proxy}/toxics/{toxic} merges attributes, and no more can be changed`,
      [
        method,
        "/proxies/p/toxics/latency_downstream",
        { attributes: { jitter: 2 }, name: "n", type: "noop", stream: "upstream" },
      ],
      200,
      LATENCY.replace('"jitter":0', '"jitter":2'),
    ),
    success(
      `${method} /proxies/{proxy}/toxics/{toxic} changes its toxicity`,
      [method, "/proxies/p/toxics/latency_downstream", { toxicity: 0.5 }],
      200,
      LATENCY.replace('"toxicity":1', '"toxicity":0.5'),
    ),
    refusal(
      `${method} /proxies/{proxy}/toxics/{toxic} with a bad attribute`,
      [method, "/proxies/p/toxics/latency_downstream", { attributes: { latency: "5" } }],
      400,
      "bad request body: json: cannot unmarshal string into Go struct field Toxic.attributes.latency of type int64",
    ),
    refusal(
      `${method} /proxies/{proxy}/toxics/{toxic} that is not there`,
      [method, "/proxies/p/toxics/t", "no JSON"],
      404,
      "toxic not found",
    ),
    refusal(
      `${method} /proxies/{proxy}/toxics/{toxic} of no proxy`,
      [method, "/proxies/q/toxics/t", "no JSON"],
      404,
      "proxy not found",
    ),
  ]),
  success("DELETE /proxies/{proxy}/toxics/{toxic}", ["DELETE", "/proxies/p/toxics/noop_upstream"], 204, "", null),
  refusal(
    "DELETE /proxies/{proxy}/toxics/{toxic} that is not there",
    ["DELETE", "/proxies/p/toxics/t"],
    404,
    "toxic not found",
  ),
  refusal(
    "DELETE /proxies/{proxy}/toxics/{toxic} of no proxy",
    ["DELETE", "/proxies/q/toxics/t"],
    404,
    "proxy not found",
  ),
  success("POST /reset", ["POST", "/reset"], 204, "", null),
  success("GET /version", ["GET", "/version"], 200, '{"version": "2.12.0"}\n', "application/json;charset=utf-8"),
  success("GET /metrics", ["GET", "/metrics"], 404, "404 page not found\n", PLAIN),
  success("a path that is not there", ["GET", "/"], 404, "404 page not found\n", PLAIN),
  ...[
    ["HEAD", "/proxies"],
    ["DELETE", "/proxies"],
    ["PUT", "/proxies/p"],
    ["PATCH", "/proxies/p/toxics"],
    ["GET", "/reset"],
    ["GET", "/populate"],
    ["POST", "/version"],
  ].map(([method = "", path = ""]) => success(`${method} ${path} is no method of it`, [method, path], 405, "", null)),
];

describe("the reference table", { concurrent: true }, () => {
  test.each(ROWS.map((row) => [row.name, row] as const))(
    "%s",
    async (_, { method, path, body, status, type, text }) => {
      await using stage = await stageWithToxics();
      const sent: unknown = typeof body === "function" ? body(stage) : body;
      const answer = await stage.ask(method, path, sent, { headers: { "content-type": "text/plain" } });
      const wanted = typeof text === "function" ? await text(stage) : text;
      expect([answer.status, answer.headers["content-type"] ?? null, answer.text]).toEqual([status, type, wanted]);
      expect(answer.headers["x-toxiproxy-request-id"]).toMatch(/^[0-9a-v]{20}$/u);
      expect(answer.headers["x-content-type-options"]).toBe(type === PLAIN ? "nosniff" : undefined);
    },
  );
});

describe("what else a request may be refused for", { concurrent: true }, () => {
  test.each([
    [{ "user-agent": "Mozilla/5.0 (X11)" }, "User agent not allowed\n"],
    [{ origin: "https://page.example" }, "Origin not allowed\n"],
    [{ host: "rebound.example:8474" }, "Host not allowed\n"],
  ])("%j is a web page's", async (headers, text) => {
    await using stage = await stageWithToxics();
    const answer = await stage.ask("DELETE", "/proxies/p", undefined, { headers });
    expect([answer.status, answer.headers["content-type"], answer.text]).toEqual([403, PLAIN, text]);
    expect(answer.headers["x-toxiproxy-request-id"]).toMatch(/^[0-9a-v]{20}$/u);
    expect((await stage.ask("GET", "/proxies/p")).status).toBe(200);
  });

  test.each([{ "user-agent": "toxiproxy-cli/v2.12.0 linux/go1.24" }, { "user-agent": "" }, { host: "localhost" }])(
    "%j is not",
    async (headers) => {
      await using stage = await stageWithToxics();
      expect((await stage.ask("DELETE", "/proxies/p", undefined, { headers })).status).toBe(204);
    },
  );

  test("a body larger than any list of proxies", async () => {
    await using stage = await setToxiproxyStage();
    const answer = await stage.ask("POST", "/populate", " ".repeat(4 * 1024 * 1024 + 1));
    expect([answer.status, answer.text]).toEqual([400, error("bad request body: http: request body too large", 400)]);
  });
});
