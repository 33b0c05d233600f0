import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startHttp, startRewriter, TestDevice } from "./rewriter-support.ts";

// http-proxy calls util._extend (DEP0060, warned of from Node 22 on) and url.parse (DEP0169, where pending ones are told).

test("http-proxy alone warns of deprecated functions", async () => {
  const script = `
    const http = require("node:http");
    const proxy = require("http-proxy").createProxyServer({ target: "http://127.0.0.1:1" });
    const server = http.createServer((request, response) => proxy.web(request, response, () => process.exit()));
    server.listen(0, "127.0.0.1", () => http.get({ port: server.address().port, host: "127.0.0.1" }));
  `;
  const run = promisify(execFile);
  const { stderr } = await run(process.execPath, ["--pending-deprecation", "-e", script]);
  expect(stderr).toMatch(/DEP0169|DEP0060/u);
});

test("the rewriter lets no warning of the process through", async () => {
  const warnings: string[] = [];
  const collect = (warning: Error): void => void warnings.push(String(warning));
  process.on("warning", collect);
  const server = await startHttp((_request, response) => response.end("ok"));
  const rewriter = await startRewriter(server.port);
  const device = await TestDevice.connect(rewriter.port);
  for (let round = 0; round < 20; round += 1) await device.ask("GET /a//b?c HTTP/1.1\r\nHost: mail\r\n\r\n");
  device.socket.destroy();
  await rewriter.stop();
  await server.stop();
  process.off("warning", collect);
  expect(warnings).toEqual([]);
});
