import {
  type Reproduction,
  address,
  commonEnding,
  heading,
  legWords,
  refreshRefusal,
  refusal,
  text,
} from "./subject.ts";

/**
 * Writes two requests to idlewall's own Toxiproxy API, as a shell script: the proxy, then its `idle_timeout` toxic.
 * Two, because `POST /populate` takes proxies and ignores toxics. Toxiproxy itself has no such toxic: its `timeout` is no
 * idle timer (Toxiproxy pull request 195), so it answers the second with 400.
 */
export const toxiproxy: Reproduction = (hop, { listen, target }) => {
  const refused = refreshRefusal(hop);
  if (refused !== undefined) return refused;
  const action = commonEnding(hop.atExpiry);
  if (action === undefined || typeof action === "object")
    return refusal(
      `found ${legWords(hop.atExpiry)} at hop ${hop.hop}, expected one of drop, reset, close and reset-on-next for both legs`,
    );
  const proxy = {
    name: hop.profile,
    listen: address({ host: listen.host ?? "0.0.0.0", port: listen.port }),
    upstream: address(target),
    enabled: true,
  };
  const toxic = {
    name: hop.hop,
    type: "idle_timeout",
    stream: "downstream",
    toxicity: 1,
    attributes: { timeout: hop.idleTimeoutMs, action },
  };
  return text([
    "#!/bin/sh",
    "set -e",
    ...heading(hop).map((line) => `# ${line}`),
    'api="${TOXIPROXY_URL:-http://localhost:8474}"',
    post("populate", [proxy]),
    post(`proxies/${hop.profile}/toxics`, toxic),
  ]);
};

/** Names and addresses hold no quote, so single ones suffice. */
function post(path: string, body: unknown): string {
  return `curl --fail-with-body --silent --show-error --header 'Content-Type: application/json' --data '${JSON.stringify(body)}' "$api/${path}"`;
}
