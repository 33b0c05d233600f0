import { type Reproduction, commonEnding, legWords, refreshRefusal, refusal, text } from "./subject.ts";

/**
 * Writes the body of `POST /populate` for idlewall's own Toxiproxy API: one proxy with an `idle_timeout` toxic.
 * Toxiproxy has no such toxic: its `timeout` is no idle timer (Toxiproxy pull request 195).
 */
export const toxiproxy: Reproduction = (hop, { listen, target }) => {
  const refresh = refreshRefusal(hop);
  if (refresh !== undefined) return refusal(refresh);
  const action = commonEnding(hop.atExpiry);
  if (action === undefined || action === "respond")
    return refusal(
      `found ${legWords(hop.atExpiry)} at hop ${hop.hop}, expected one of drop, reset, close and reset-on-next for both legs`,
    );
  const proxy = {
    name: hop.profile,
    listen: address(listen.host ?? "0.0.0.0", listen.port),
    upstream: address(target.host, target.port),
    enabled: true,
    toxics: [
      {
        name: hop.hop,
        type: "idle_timeout",
        stream: "downstream",
        toxicity: 1,
        attributes: { timeout: hop.idleTimeoutMs, action },
      },
    ],
  };
  return text([JSON.stringify([proxy], undefined, 2)]);
};

function address(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
