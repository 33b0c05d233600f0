import { html } from "hono/html";
import { API_ROOT } from "./api/operation.ts";

/** What the admin server has to show, in the order of the landing page. */
export const PAGES = [
  { path: "/metrics", text: "what happens, for Prometheus" },
  { path: "/-/healthy", text: "answers as long as the process does" },
  { path: "/-/ready", text: "answers 200 while new connections are taken, 503 before and while draining" },
] as const;

/** What there is beside them where something can be controlled. */
export const API_PAGES = [
  { path: `${API_ROOT}/openapi.json`, text: "the API, described in OpenAPI 3.1" },
  { path: `${API_ROOT}/listeners`, text: "what listens, with the path behind it" },
  { path: `${API_ROOT}/flows`, text: "connections as they stand" },
  { path: `${API_ROOT}/devices`, text: "devices and where their negotiation stands" },
  { path: `${API_ROOT}/recommendation`, text: "which time-out to set, from what is seen" },
  { path: `${API_ROOT}/scenario`, text: "seed and timeline" },
  { path: `${API_ROOT}/history`, text: "what was changed" },
  { path: `${API_ROOT}/events`, text: "what happens, as server-sent events" },
] as const;

/** Writes the page at `/`, which names what there is. */
export function landingPage(version: string, controlled: boolean) {
  const pages = controlled ? [...PAGES, ...API_PAGES] : PAGES;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>idlewall</title>
      </head>
      <body>
        <h1>idlewall ${version}</h1>
        <ul>
          ${pages.map(({ path, text }) => html`<li><a href="${path}">${path}</a>: ${text}</li> `)}
        </ul>
      </body>
    </html> `;
}
