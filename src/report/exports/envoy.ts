import {
  type ExportEnds,
  type ExportedHop,
  type Reproduction,
  commonEnding,
  heading,
  isAddress,
  legWords,
  refreshRefusal,
  refusal,
  text,
} from "./subject.ts";

const TYPES = "type.googleapis.com/envoy.extensions";

/**
 * Writes a bootstrap file of Envoy (v3 API): an HTTP listener for a hop that answers, a TCP proxy for one that closes.
 * Sources: Envoy FAQ, How do I configure timeouts (stream_idle_timeout; route timeout 0s leaves the whole answer
 * unlimited; TCP proxy idle_timeout closes); Envoy source/common/http/utility.cc (504 once the request is whole);
 * HTTP connection manager, local_reply_config (status of answers of its own).
 */
export const envoy: Reproduction = (hop, ends) => {
  const refused = refreshRefusal(hop);
  if (refused !== undefined) return refused;
  const ending = commonEnding(hop.atExpiry);
  if (ending === "close") return text(bootstrap(hop, ends, [], tcpProxy(hop), []));
  if (typeof ending === "object")
    return text(bootstrap(hop, ends, downstreamTls(ends), httpManager(hop, ending.respond), upstreamTls(ends)));
  return refusal(
    `found ${legWords(hop.atExpiry)} at hop ${hop.hop}, expected close or respond: Envoy ends nothing in silence or by RST`,
  );
};

function bootstrap(
  hop: ExportedHop,
  { listen, target }: ExportEnds,
  listenerTls: readonly string[],
  filter: readonly string[],
  clusterTls: readonly string[],
): readonly string[] {
  return [
    ...heading(hop).map((line) => `# ${line}`),
    "static_resources:",
    "  listeners:",
    "    - name: idlewall",
    `      address: { socket_address: ${socket(listen.host ?? "0.0.0.0", listen.port)} }`,
    "      filter_chains:",
    "        - filters:",
    ...filter.map((line) => `            ${line}`),
    ...listenerTls.map((line) => `          ${line}`),
    "  clusters:",
    "    - name: mail",
    "      type: STRICT_DNS",
    "      connect_timeout: 10s",
    "      load_assignment:",
    "        cluster_name: mail",
    "        endpoints:",
    "          - lb_endpoints:",
    `              - endpoint: { address: { socket_address: ${socket(target.host, target.port)} } }`,
    ...clusterTls.map((line) => `      ${line}`),
  ];
}

function socket(host: string, port: number): string {
  return `{ address: "${host}", port_value: ${port} }`;
}

function tcpProxy({ idleTimeoutMs }: ExportedHop): readonly string[] {
  return [
    "- name: envoy.filters.network.tcp_proxy",
    "  typed_config:",
    `    "@type": ${TYPES}.filters.network.tcp_proxy.v3.TcpProxy`,
    "    stat_prefix: idlewall",
    "    cluster: mail",
    `    idle_timeout: ${idleTimeoutMs / 1000}s`,
  ];
}

function httpManager({ idleTimeoutMs }: ExportedHop, status: number): readonly string[] {
  return [
    "- name: envoy.filters.network.http_connection_manager",
    "  typed_config:",
    `    "@type": ${TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    "    stat_prefix: idlewall",
    `    stream_idle_timeout: ${idleTimeoutMs / 1000}s`,
    "    route_config:",
    "      virtual_hosts:",
    "        - name: mail",
    '          domains: ["*"]',
    "          routes:",
    '            - match: { prefix: "/" }',
    "              route: { cluster: mail, timeout: 0s }",
    ...(status === 504 ? [] : localReply(status)),
    "    http_filters:",
    "      - name: envoy.filters.http.router",
    `        typed_config: { "@type": ${TYPES}.filters.http.router.v3.Router }`,
  ];
}

function localReply(status: number): readonly string[] {
  return [
    "    local_reply_config:",
    "      mappers:",
    "        - filter:",
    "            status_code_filter:",
    "              comparison: { op: EQ, value: { default_value: 504, runtime_key: idlewall.expired } }",
    `          status_code: ${status}`,
  ];
}

function downstreamTls({ certificate, key }: ExportEnds): readonly string[] {
  return [
    "transport_socket:",
    "  name: envoy.transport_sockets.tls",
    "  typed_config:",
    `    "@type": ${TYPES}.transport_sockets.tls.v3.DownstreamTlsContext`,
    "    common_tls_context:",
    "      tls_certificates:",
    `        - certificate_chain: { filename: ${JSON.stringify(certificate)} }`,
    `          private_key: { filename: ${JSON.stringify(key)} }`,
  ];
}

function upstreamTls({ target }: ExportEnds): readonly string[] {
  if (!target.secure) return [];
  return [
    "transport_socket:",
    "  name: envoy.transport_sockets.tls",
    "  typed_config:",
    `    "@type": ${TYPES}.transport_sockets.tls.v3.UpstreamTlsContext`,
    ...(isAddress(target.host) ? [] : [`    sni: "${target.host}"`]),
    "    common_tls_context:",
    "      validation_context:",
    "        trusted_ca: { filename: /etc/ssl/certs/ca-certificates.crt }",
    "        match_typed_subject_alt_names:",
    `          - { san_type: ${isAddress(target.host) ? "IP_ADDRESS" : "DNS"}, matcher: { exact: "${target.host}" } }`,
  ];
}
