/**
 * An error answer that machines and people can read.
 * Source: RFC 9457, 3: `about:blank` says that the title is the status' own phrase.
 */
export function problem(
  status: keyof typeof TITLES,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = { type: "about:blank", title: TITLES[status], status, detail };
  return Response.json(body, { status, headers: { ...headers, "content-type": "application/problem+json" } });
}

const TITLES = {
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  421: "Misdirected Request",
  500: "Internal Server Error",
} as const;
