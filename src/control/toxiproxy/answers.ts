import type { ApiError } from "./api-error.ts";
import type { Populated } from "./proxies.ts";
import { toJson } from "./response-json.ts";

// Which answers end in a new line, and which are called JSON, is Toxiproxy's own choice: what clients were written
// against is kept to the byte.

/** The version of Toxiproxy whose API this is, for clients that look at it. */
const TOXIPROXY_VERSION = "2.12.0";

/** A value that was asked for. */
export function jsonAnswer(value: unknown, status = 200): Response {
  return written(toJson(value), status);
}

/** JSON that is written already. */
export function written(json: string, status = 200): Response {
  return new Response(json, { status, headers: { "content-type": "application/json" } });
}

export function noContent(): Response {
  return new Response(null, { status: 204 });
}

/** What became of a list of proxies; its errors alone are called JSON. */
export function populatedAnswer({ proxies, error }: Populated): Response {
  const list = proxies.length === 0 ? null : proxies;
  if (error === undefined) return jsonAnswer({ proxies: list }, 201);
  return jsonAnswer({ error: error.message, status: error.status, proxies: list }, error.status);
}

export function versionAnswer(): Response {
  const headers = { "content-type": "application/json;charset=utf-8" };
  return new Response(`{"version": "${TOXIPROXY_VERSION}"}\n`, { headers });
}

/** An error as JSON that is called plain text. */
export function errorAnswer({ message, status }: Pick<ApiError, "message" | "status">): Response {
  return plainAnswer(toJson({ error: message, status }), status);
}

/** Plain text as Go's `http.Error` writes it. */
export function plainAnswer(text: string, status: number): Response {
  const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  return new Response(`${text}\n`, { status, headers });
}
