import { html } from "hono/html";

/** What the admin server has to show, in the order of the landing page. */
export const PAGES = [
  { path: "/metrics", text: "what happens, for Prometheus" },
  { path: "/-/healthy", text: "answers as long as the process does" },
  { path: "/-/ready", text: "answers 200 while new connections are taken, 503 before and while draining" },
] as const;

/** Writes the page at `/`, which names what there is. */
export function landingPage(version: string) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>idlewall</title>
      </head>
      <body>
        <h1>idlewall ${version}</h1>
        <ul>
          ${PAGES.map(({ path, text }) => html`<li><a href="${path}">${path}</a>: ${text}</li> `)}
        </ul>
      </body>
    </html> `;
}
