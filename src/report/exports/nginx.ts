import {
  type ExportEnds,
  type ExportedHop,
  type Reproduction,
  address,
  bracketed,
  commonEnding,
  heading,
  legWords,
  refreshRefusal,
  refusal,
  text,
} from "./subject.ts";

/**
 * Writes a configuration of nginx for a hop that answers.
 * Sources: nginx.org, ngx_http_proxy_module (`proxy_read_timeout`: between two reads of the server's answer, then 504;
 * `proxy_next_upstream`, `proxy_ssl_verify`), ngx_http_core_module (`error_page`), ngx_http_rewrite_module (`return`).
 */
export const nginx: Reproduction = (hop, ends) => {
  const refused = refreshRefusal(hop);
  if (refused !== undefined) return refused;
  const ending = commonEnding(hop.atExpiry);
  if (typeof ending === "object") return text(configuration(hop, ends, ending.respond));
  return refusal(`found ${legWords(hop.atExpiry)} at hop ${hop.hop}, expected respond: nginx answers when a wait ends`);
};

function configuration(hop: ExportedHop, ends: ExportEnds, status: number): readonly string[] {
  const { listen, target } = ends;
  return [
    ...heading(hop).map((line) => `# ${line}`),
    "events {}",
    "http {",
    "    server {",
    `        listen ${listen.host === undefined ? "" : `${bracketed(listen.host)}:`}${listen.port} ssl;`,
    `        ssl_certificate ${ends.certificate};`,
    `        ssl_certificate_key ${ends.key};`,
    "        location / {",
    `            proxy_pass ${target.secure ? "https" : "http"}://${address(target)};`,
    "            proxy_http_version 1.1;",
    ...(target.secure ? trust(target.host) : []),
    `            proxy_read_timeout ${hop.idleTimeoutMs}ms;`,
    "            proxy_next_upstream off;",
    ...(status === 504 ? [] : ["            error_page 504 = @expired;"]),
    "        }",
    ...(status === 504 ? [] : ["        location @expired {", `            return ${status};`, "        }"]),
    "    }",
    "}",
  ];
}

function trust(host: string): readonly string[] {
  return [
    "            proxy_ssl_server_name on;",
    `            proxy_ssl_name ${host};`,
    "            proxy_ssl_verify on;",
    "            proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;",
  ];
}
