// `http-proxy` as its README shows it, with a keep-alive agent: what one would write in an afternoon.
import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { createServer } from "node:https";
import httpProxy from "http-proxy";

const [port, targetPort, certificate, key] = process.argv.slice(2);
const proxy = httpProxy.createProxyServer({
  target: `http://127.0.0.1:${targetPort}`,
  agent: new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY }),
});
proxy.on("error", (_error, _request, response) => response.destroy());
const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) =>
  proxy.web(request, response),
);
server.keepAliveTimeout = 7_200_000;
server.requestTimeout = 0;
server.listen(Number(port), "0.0.0.0", 8192);
