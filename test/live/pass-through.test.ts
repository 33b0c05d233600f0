import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { type Conversation, converse, cut, KINDS, LAST_KINDS, split } from "../support/pass-exchanges.ts";
import { pick } from "../support/pass-messages.ts";
import { allOf, ScriptWriter, type Heard, type Script, type Turn } from "../support/pass-script.ts";
import { type Played, Stage } from "../support/pass-stage.ts";
import { LEG_KINDS } from "../support/rig.ts";

const SEED = Number(process.env["IDLEWALL_TEST_SEED"] ?? 20_260_101);
const CONVERSATIONS = 300;
const STAGES = 6;

describe.each(LEG_KINDS)("over the %s leg", (legKind) => {
  let stages: readonly Stage[] = [];
  beforeAll(async () => {
    stages = await Promise.all(Array.from({ length: STAGES }, () => Stage.open({ legKind })));
  });
  afterAll(() => Promise.all(stages.map((stage) => stage.close())));

  test("passes every kind of exchange as if nothing stood between device and server", async () => {
    const random = new Random(SEED);
    const conversations = Array.from({ length: CONVERSATIONS }, (_, at) => converse(random.fork(`${at}`), at));
    const seen = new Set(conversations.flatMap((each) => each.kinds));
    expect([...seen].sort()).toEqual([...Object.keys(KINDS), ...Object.keys(LAST_KINDS)].sort());
    expect(conversations.reduce((count, each) => count + each.requestCount, 0)).toBeGreaterThanOrEqual(1000);
    const failures: string[] = [];
    await Promise.all(
      stages.map(async (stage, lane) => {
        for (let at = lane; at < CONVERSATIONS; at += STAGES)
          failures.push(...(await holdBoth(stage, conversations[at], at)));
      }),
    );
    expect(failures.slice(0, 3).join("\n\n"), `${failures.length} conversations differ`).toBe("");
    expect(stages.flatMap((stage) => stage.rig.refusals)).toEqual([]);
  });

  test("passes requests and answers that are split at any one byte", async () => {
    const script = new ScriptWriter();
    for (let at = 1; at < ASKED.length; at += 1) {
      const answerAt = Math.min(at, ANSWERED.length - 1);
      script.sayPieces("device", cut(Buffer.from(ASKED, "latin1"), [at]));
      script.sayPieces("server", cut(Buffer.from(ANSWERED, "latin1"), [answerAt]));
    }
    script.say("device", "", { ends: true });
    expect(await holdBoth(first(stages), { kinds: ["split"], script: script.script }, 0)).toEqual([]);
  });

  test("passes 1,000 requests on one connection", async () => {
    const random = new Random(SEED);
    const script = new ScriptWriter((bytes) => split(random, bytes));
    const kinds = Object.keys(KINDS);
    let count = 0;
    while (count < 1000) count += KINDS[pick(random, kinds)]?.(random, script) ?? 0;
    script.say("device", "", { ends: true });
    expect(await holdBoth(first(stages), { kinds: ["1,000 requests"], script: script.script }, 0)).toEqual([]);
  });
});

/** A request with all that can stand on the wire of one, and its answer. */
const ASKED =
  "\r\nDELETE /a?b HTTP/1.1\r\nHost:a\r\nX: \u00ff \r\nTransfer-Encoding: chunked\r\n\r\n" +
  'E;n="q;\\\"";e\r\n0\r\n\r\nGET /\r\n\r\n\r\n1\r\n\n\r\n00\r\nT: v\r\n\r\n';
const ANSWERED =
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200\r\ntransfer-encoding:Chunked\r\n\r\n" +
  "00a;x\r\n0123456789\r\n0\r\nSet-Cookie: \u00e9\r\n\r\n";

/** What differs from the script, direct and through the proxy; nothing when all is as it should be. */
async function holdBoth(
  stage: Stage,
  conversation: Pick<Conversation, "kinds" | "script"> | undefined,
  index: number,
): Promise<string[]> {
  if (conversation === undefined) return [];
  const { script, kinds } = conversation;
  const wanted = describePlayed(expectedOf(script));
  const differences: string[] = [];
  for (const how of ["playDirect", "playThrough"] as const) {
    const got = await stage[how](script).then(describePlayed, (error: Error) => error.stack ?? "");
    if (got === wanted) continue;
    const what = `seed ${SEED}, conversation ${index} (${kinds.join(" > ")}), ${how}`;
    differences.push(`${what}:\n${firstDifference(wanted, got)}\n${describeScript(script)}`);
  }
  return differences;
}

function first(stages: readonly Stage[]): Stage {
  const [stage] = stages;
  if (stage === undefined) throw new Error("no stage was opened");
  return stage;
}

function expectedOf(script: Script): Played {
  return { device: heardWhole(script.server), server: heardWhole(script.device) };
}

function heardWhole(turns: readonly Turn[]): Heard {
  return { bytes: allOf(turns), end: "fin" };
}

function describePlayed({ device, server }: Played): string {
  return JSON.stringify(
    { device: [device.bytes.toString("latin1"), device.end], server: [server.bytes.toString("latin1"), server.end] },
    undefined,
    1,
  );
}

function firstDifference(wanted: string, got: string): string {
  let at = 0;
  while (at < wanted.length && wanted[at] === got[at]) at += 1;
  const around = (text: string): string => text.slice(Math.max(0, at - 80), at + 200);
  return `wanted ...${around(wanted)}\ngot    ...${around(got)}`;
}

function describeScript(script: Script): string {
  const turns = (["device", "server"] as const).flatMap((by) =>
    script[by].map(
      (turn) =>
        `${by} after ${turn.afterBytes}${turn.afterFin ? " and FIN" : ""}${turn.ends ? ", ends" : ""}: ${JSON.stringify(allOf([turn]).toString("latin1").slice(0, 600))}`,
    ),
  );
  return turns.join("\n");
}
