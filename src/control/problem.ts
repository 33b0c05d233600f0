/** What a problem says beside its sentence. */
export interface ProblemDetails {
  /** Every fault of what was sent, with its place: a JSON pointer into the body, or a parameter. */
  readonly errors?: readonly PlacedFault[];
  /** The code of the error, as in the table of errors. */
  readonly code?: string;
}

/** One fault of a request. */
export interface PlacedFault {
  /** As a fragment: `#/profile/hops/0/name` (RFC 6901, 6); `#` is the whole body. */
  readonly pointer?: string;
  /** Of the query, or a field of the head. */
  readonly parameter?: string;
  /** The file at fault; the pointer is into it, then. */
  readonly file?: string;
  /** In that file, from 1. */
  readonly line?: number;
  /** In that line, from 1. */
  readonly column?: number;
  readonly detail: string;
}

/** A status that problems have. */
export type ProblemStatus = keyof typeof TITLES;

/** An error answer that machines and people can read. */
export function problem(
  status: ProblemStatus,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  details: ProblemDetails = {},
): Response {
  return new Response(problemText(status, detail, details), {
    status,
    headers: { ...headers, "content-type": PROBLEM_TYPE },
  });
}

/** The media type of what stands in its body. */
export const PROBLEM_TYPE = "application/problem+json";

/** Writes that body. Source: RFC 9457, 3: `about:blank` says that the title is the status' own phrase. */
export function problemText(status: ProblemStatus, detail: string, details: ProblemDetails = {}): string {
  return JSON.stringify({ type: "about:blank", title: TITLES[status], status, detail, ...details });
}

/** The phrase of a status. */
export function titleOf(status: ProblemStatus): string {
  return TITLES[status];
}

const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;
