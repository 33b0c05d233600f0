// The servers behind the proxies, on the load's core.
import { fileURLToPath } from "node:url";
import { FILE_HANDLES, listening, LOAD_CORE, Program } from "./programs.js";
import { freePort } from "./stage.js";

const PARK = fileURLToPath(new URL("park-server.js", import.meta.url));
const HANDSHAKES = fileURLToPath(new URL("handshakes.js", import.meta.url));
const PARKER = fileURLToPath(new URL("parker.js", import.meta.url));

/** A server that parks requests; see park-server.js. */
export async function startParkServer() {
  const port = await freePort();
  const program = new Program([process.execPath, PARK, String(port)], { core: LOAD_CORE, ipc: true });
  await program.printed(/listening/u);
  return { port, program, stop: () => program.stop() };
}

/** Devices that park requests; see parker.js. */
export function startDevices() {
  return new Program([process.execPath, PARKER], { core: LOAD_CORE, ipc: true });
}

/** Devices that come and go; see handshakes.js. */
export function startHandshakes() {
  return new Program([process.execPath, HANDSHAKES], { core: LOAD_CORE, ipc: true });
}

/** A server that answers 50 bytes at once, and hands Pings to the server that parks when there is one. */
export async function startQuickServer({ stage, parkPort }) {
  const port = await freePort();
  const parking =
    parkPort === undefined
      ? ""
      : `location /Microsoft-Server-ActiveSync { proxy_pass http://127.0.0.1:${parkPort}; proxy_read_timeout 2h; }`;
  const file = stage.write(
    `quick-${port}.conf`,
    `daemon off; master_process off; worker_processes 1; worker_rlimit_nofile ${FILE_HANDLES};
pid ${stage.at(`quick-${port}.pid`)}; error_log ${stage.at(`quick-${port}.log`)} crit;
events { worker_connections ${FILE_HANDLES - 100}; }
http {
  access_log off; client_body_temp_path ${stage.at("qbody")}; proxy_temp_path ${stage.at("qproxy")};
  fastcgi_temp_path ${stage.at("qfastcgi")}; uwsgi_temp_path ${stage.at("quwsgi")}; scgi_temp_path ${stage.at("qscgi")};
  keepalive_timeout 2h; keepalive_requests 1000000000; client_header_timeout 2h; client_max_body_size 0;
  server {
    listen 127.0.0.1:${port} backlog=8192;
    location / { default_type application/vnd.ms-sync.wbxml; return 200 "${"x".repeat(50)}"; }
    ${parking}
  }
}
`,
  );
  const program = new Program(["nginx", "-e", "stderr", "-p", stage.folder, "-c", file], { core: LOAD_CORE });
  await listening(program, port);
  return { port, program, stop: () => program.stop() };
}
