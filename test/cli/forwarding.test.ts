import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { type ForwardArguments, forwardingFrom, originsOf } from "../../src/cli/forwarding.ts";
import { portOf } from "../support/rig.ts";
import { RunningCommand } from "../support/running-command.ts";

test.each<[Partial<ForwardArguments>, string]>([
  [{ target: "https://mail.example.com" }, "https://mail.example.com"],
  [{ target: "http://[::1]:8080", forward: "rewrite" }, "http://[::1]:8080"],
  [
    { forward: "rewrite", backend: ["/a=http://a.example", "/b=https://b.example:1"] },
    "http://a.example, https://b.example:1",
  ],
  [
    { forward: "rewrite", backend: ["/a=http://a.example"], target: "http://c.example" },
    "http://a.example, http://c.example",
  ],
])("%j calls %s", (args, origins) => {
  expect(originsOf(forwardingFrom({ forward: "relay", ...args }))).toBe(origins);
});

test.each<[Partial<ForwardArguments>, RegExp]>([
  [{}, /expected --target/u],
  [{ forward: "rewrite" }, /expected --target or --backend/u],
  [
    { target: "http://a", "keep-host": true, backend: ["/=http://b"] },
    /found --backend, --keep-host, expected --forward rewrite/u,
  ],
  [{ forward: "rewrite", backend: ["mail=http://a"] }, /--backend: found "mail=http:\/\/a", expected PREFIX=URL/u],
  [{ forward: "rewrite", backend: ["/a=http://a", "/A=http://b"] }, /"\/A" twice/u],
  [{ forward: "rewrite", backend: ["/a=gopher://a"] }, /expected a URL/u],
])("refuses %j", (args, message) => {
  expect(() => forwardingFrom({ forward: "relay", ...args })).toThrow(UsageError);
  expect(() => forwardingFrom({ forward: "relay", ...args })).toThrow(message);
});

const directory = mkdtempSync(path.join(tmpdir(), "idlewall-forward-"));
const servers: Server[] = [];

beforeAll(async () => {
  for (const name of ["left", "right"]) {
    const server = createServer((asked, answer) => {
      answer.end(
        [name, asked.url, asked.headers.host === `127.0.0.1:${portOf(server)}`, asked.headers["x-forwarded-for"]].join(
          " ",
        ),
      );
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
  }
});

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(directory, { recursive: true });
});

test("serve --forward rewrite sends each path to its backend, under the backend's name, and says for whom", async () => {
  const [left, right] = servers.map((server) => `http://127.0.0.1:${portOf(server)}`);
  const listening = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  const backends = ["--backend", `/left=${left}`, "--strip-prefix", "--target", String(right)];
  await using serve = new RunningCommand(["serve", "--forward", "rewrite", ...listening, ...backends], directory);
  const [port] = await serve.said(/devices: +https on 127\.0\.0\.1:(\d+),/u);
  expect(await get(Number(port), "/left/x?y")).toBe("left /x?y true 127.0.0.1");
  expect(await get(Number(port), "/other")).toBe("right /other true 127.0.0.1");
  serve.signal("SIGTERM");
  expect((await serve.finished()).code).toBe(0);
});

function get(port: number, target: string): Promise<string> {
  const ca = readFileSync(path.join(directory, "certs", "authority.pem"));
  return new Promise((resolve, reject) => {
    const asking = request({ host: "127.0.0.1", port, path: target, ca, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve(text));
    });
    asking.on("error", reject).end();
  });
}
