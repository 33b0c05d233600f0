import { createServer } from "node:http";
import { expect, test } from "vitest";
import { HttpListener } from "../../src/live/http-listener.ts";

test("turns off every time-out of Node's that can end a parked request or its connection", () => {
  const server = createServer();
  void new HttpListener(server);
  const { requestTimeout, keepAliveTimeout, timeout, maxRequestsPerSocket, headersTimeout } = server;
  expect([requestTimeout, keepAliveTimeout, timeout, maxRequestsPerSocket]).toEqual([0, 0, 0, 0]);
  expect(headersTimeout).toBe(60_000);
});

test("closes without having listened", async () => {
  await expect(new HttpListener(createServer()).close()).resolves.toBeUndefined();
});
