// The proxies that are compared: each takes TLS on a port and speaks plain HTTP to the same server.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FILE_HANDLES, listening, MEASURED_CORE, Program } from "./programs.js";
import { freePort } from "./stage.js";

const BUILT = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
/** Another build can be measured in place of this one: the path of its `dist/cli/main.js`. */
const main = () => process.env["IDLEWALL_BENCH_MAIN"] ?? BUILT;
const BARE = fileURLToPath(new URL("bare-http-proxy.js", import.meta.url));

/** What the image tells Node: idlewall is measured as it runs there. */
const IMAGE_OPTIONS = /NODE_OPTIONS=(\S+)/u.exec(readFileSync(new URL("../../Dockerfile", import.meta.url), "utf8"))[1];

const TWO_HOURS = 7200;

/** As a rule nothing expires while a figure is taken, but everything that could is watched. */
function profileText(idleSeconds) {
  return `name: watched
title: A path that forgets after ${idleSeconds} s
source: this script
hops:
  - name: carrier
    kind: nat
    conditions:
      - { type: idle-timeout, idleTimeout: 2h, atExpiry: drop }
  - name: firewall
    kind: firewall
    conditions:
      - { type: idle-timeout, idleTimeout: ${idleSeconds}s, atExpiry: reset }
      - { type: lifetime, age: 12h, atExpiry: close }
`;
}

function haproxyFile({ stage, port, targetPort, idleSeconds, reuse = "always" }) {
  return stage.write(
    `haproxy-${port}.cfg`,
    `global
  nbthread 1
  maxconn ${Math.floor((FILE_HANDLES - 140) / 2)}
  tune.pool-high-fd-ratio 100
  ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
  mode http
  timeout connect 10s
  timeout client ${idleSeconds}s
  timeout server ${idleSeconds}s
  timeout http-keep-alive 2h
  http-reuse ${reuse}
frontend devices
  bind 127.0.0.1:${port} ssl crt ${stage.both} alpn http/1.1 backlog 8192
  bind 127.0.0.2:${port} ssl crt ${stage.both} alpn http/1.1 backlog 8192
  default_backend server
backend server
  server one 127.0.0.1:${targetPort} pool-max-conn -1
`,
  );
}

/** nginx closes idle connections once fewer than a 16th of its `worker_connections` are free: it gets more than it can use. */
function nginxFile({ stage, port, targetPort, idleSeconds }) {
  return stage.write(
    `nginx-${port}.conf`,
    `daemon off; master_process off; worker_processes 1; worker_rlimit_nofile ${FILE_HANDLES};
pid ${stage.at(`nginx-${port}.pid`)}; error_log ${stage.at(`nginx-${port}.log`)} crit;
events { worker_connections ${Math.ceil(FILE_HANDLES * 1.2)}; multi_accept on; }
http {
  access_log off; client_body_temp_path ${stage.at("body")}; proxy_temp_path ${stage.at("proxy")};
  fastcgi_temp_path ${stage.at("fastcgi")}; uwsgi_temp_path ${stage.at("uwsgi")}; scgi_temp_path ${stage.at("scgi")};
  client_max_body_size 0;
  upstream server { server 127.0.0.1:${targetPort}; keepalive 256; keepalive_requests 1000000000; keepalive_timeout 2h; }
  server {
    listen 127.0.0.1:${port} ssl backlog=8192; listen 127.0.0.2:${port} ssl backlog=8192;
    ssl_certificate ${stage.certificate}; ssl_certificate_key ${stage.key};
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:bench:50m;
    keepalive_timeout 2h; keepalive_requests 1000000000; client_header_timeout 2h; client_body_timeout 2h; send_timeout 2h;
    location / {
      proxy_pass http://server; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_read_timeout ${idleSeconds}s; proxy_send_timeout 2h;
    }
  }
}
`,
  );
}

const COMMANDS = {
  haproxy: (settings) => ["haproxy", "-db", "-f", haproxyFile(settings)],
  /** With a connection to the server for each of a device's, as idlewall has. */
  "haproxy, no reuse": (settings) => COMMANDS.haproxy({ ...settings, reuse: "never" }),
  nginx: (settings) => ["nginx", "-e", "stderr", "-p", settings.stage.folder, "-c", nginxFile(settings)],
  "http-proxy": ({ stage, port, targetPort }) => [
    process.execPath,
    BARE,
    String(port),
    String(targetPort),
    stage.certificate,
    stage.key,
  ],
  idlewall: ({
    stage,
    port,
    targetPort,
    adminPort,
    idleSeconds,
    nodeFlags = [],
    profile = profileText(idleSeconds),
  }) => [
    process.execPath,
    ...nodeFlags,
    main(),
    "serve",
    "--target",
    `http://127.0.0.1:${targetPort}`,
    "--listen",
    `0.0.0.0:${port}`,
    "--admin",
    `127.0.0.1:${adminPort}`,
    "--cert",
    stage.certificate,
    "--key",
    stage.key,
    "--profile",
    stage.write(`watched-${port}.yaml`, profile),
    "--log-level",
    "warn",
  ],
};

/** The peers, in the order of the tables. */
export const PROXIES = ["haproxy", "nginx", "http-proxy", "idlewall"];

/**
 * Starts one of them in front of the server on `targetPort`, and waits until it listens.
 * It forgets what was silent for `idleSeconds`; on bare http-proxy nothing is set.
 */
export async function startProxy(name, { stage, targetPort, idleSeconds = TWO_HOURS, ...more }) {
  const port = await freePort();
  const adminPort = await freePort();
  const program = new Program(COMMANDS[name]({ stage, port, targetPort, adminPort, idleSeconds, ...more }), {
    core: MEASURED_CORE,
    env: name === "idlewall" ? { NODE_OPTIONS: IMAGE_OPTIONS } : {},
  });
  await listening(program, port);
  return { name, program, port, adminPort, stop: () => program.stop() };
}
