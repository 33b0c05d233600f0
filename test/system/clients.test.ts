import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodePingRequest, encodePingResponse } from "../../src/activesync/ping.ts";
import { testIdentity } from "../support/identity.ts";
import { AnsweringServer } from "../support/pass-answering.ts";
import { eventually } from "../support/pass-eventually.ts";
import { idleHop, LEG_KINDS, profileOf, type Rig, startRig } from "../support/rig.ts";

const run = promisify(execFile);
const PATH = "/Microsoft-Server-ActiveSync?Cmd=Ping&User=anna&DeviceId=D1&DeviceType=curl";

let folder = "";
let ca = "";
let pingFile = "";
let server: AnsweringServer;

beforeAll(async () => {
  await demand("curl", "--version");
  await demand("openssl", "version");
  folder = await mkdtemp(join(tmpdir(), "idlewall-clients-"));
  ca = join(folder, "ca.pem");
  pingFile = join(folder, "ping.wbxml");
  const { authority } = await testIdentity();
  await writeFile(ca, authority.certificate.toString());
  await writeFile(pingFile, encodePingRequest({ heartbeatIntervalSeconds: 480 }));
  server = new AnsweringServer();
  await server.start();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(LEG_KINDS)("over the %s leg", (legKind) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig(server.port, { legKind });
  });
  afterAll(() => rig.stop());

  test("curl asks a Ping and gets its answer", async () => {
    const asked = server.requests.length;
    const got = run(
      "curl",
      [...curlTo(rig), "--data-binary", `@${pingFile}`, "-H", "MS-ASProtocolVersion: 14.1"],
      BINARY,
    );
    await eventually(() => expect(server.requests).toHaveLength(asked + 1));
    expect(server.latest.body).toEqual(Buffer.from(encodePingRequest({ heartbeatIntervalSeconds: 480 })));
    server.latest.response.end(encodePingResponse({ status: 1 }));
    expect((await got).stdout).toEqual(Buffer.from(encodePingResponse({ status: 1 })));
    expect(rig.heartbeats.at(-1)).toMatchObject({ kind: "ended", end: { outcome: "held" } });
  });

  test("curl waits for 100 Continue before it sends a chunked body", async () => {
    const asked = server.requests.length;
    const fields = ["-H", "Expect: 100-continue", "-H", "Transfer-Encoding: chunked", "--expect100-timeout", "30"];
    const got = run("curl", [...curlTo(rig), "-v", "--data-binary", `@${pingFile}`, ...fields]);
    await eventually(() => expect(server.requests).toHaveLength(asked + 1));
    server.latest.response.end("x");
    expect((await got).stderr).toContain("< HTTP/1.1 100 Continue");
  });

  test("curl settles for HTTP/1.1 though it offers HTTP/2", async () => {
    const asked = server.requests.length;
    const got = run("curl", [...curlTo(rig), "--http2", "-w", "%{http_version}"]);
    await eventually(() => expect(server.requests).toHaveLength(asked + 1));
    server.latest.response.end("over ");
    expect((await got).stdout).toBe("over 1.1");
  });

  test.each(["-tls1_2", "-tls1_3"])("openssl s_client %s verifies the chain, asks and is answered", async (version) => {
    const asked = server.requests.length;
    const client = openssl(rig, version);
    client.stdin.write(`OPTIONS ${PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await eventually(() => expect(server.requests).toHaveLength(asked + 1));
    server.latest.response.end("answered");
    const { text, code } = await client.done;
    expect(text).toContain("Verify return code: 0 (ok)");
    expect(text).toContain("answered");
    expect(code).toBe(0);
  });
});

test("curl tells a connection that an idle time-out reset", async () => {
  const hop = idleHop(300, { toDevice: "reset", toServer: "reset" });
  const rig = await startRig(server.port, { profile: profileOf(hop) });
  await expect(run("curl", [...curlTo(rig), "--data-binary", `@${pingFile}`])).rejects.toMatchObject({ code: 56 });
  expect(rig.heartbeats.at(-1)).toMatchObject({ kind: "ended", end: { outcome: "expired", hop: "hop" } });
  await rig.stop();
});

/** An `openssl s_client` that runs. */
interface Client {
  readonly stdin: Writable;
  readonly done: Promise<{ readonly text: string; readonly code: unknown }>;
}

const BINARY = { encoding: "buffer" } as const;

/** Fails with what to do when a client is not there. */
async function demand(command: string, argument: string): Promise<void> {
  try {
    await run(command, [argument]);
  } catch (cause) {
    throw new Error(`${command} does not run: install the package ${command} to run the system tests`, { cause });
  }
}

function curlTo({ proxy }: Rig): string[] {
  return ["--silent", "--show-error", "--max-time", "30", "--cacert", ca, `https://localhost:${proxy.port}${PATH}`];
}

function openssl({ proxy }: Rig, version: string): Client {
  const args = ["s_client", "-connect", `127.0.0.1:${proxy.port}`, "-servername", "localhost", "-CAfile", ca];
  const client = spawn("openssl", [...args, "-verify_return_error", "-ign_eof", version]);
  let text = "";
  client.stdout.on("data", (bytes: Buffer) => (text += bytes.toString("latin1")));
  const done = once(client, "close").then(([code]: unknown[]) => ({ text, code }));
  return { stdin: client.stdin, done };
}
