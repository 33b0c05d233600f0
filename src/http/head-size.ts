import type { RequestHead, ResponseHead } from "./message.ts";

/** Size of a head as it is commonly written, in bytes: one space behind each colon, none at the end of a line. */
export function headBytes(head: RequestHead | ResponseHead): number {
  let bytes = "method" in head ? requestLineBytes(head) : statusLineBytes(head);
  for (const { name, value } of head.fields) bytes += name.length + ": ".length + value.length + LINE_END;
  return bytes + LINE_END;
}

const VERSION = "HTTP/1.1".length;
const LINE_END = "\r\n".length;

function requestLineBytes({ method, target }: RequestHead): number {
  return method.length + 1 + target.length + 1 + VERSION + LINE_END;
}

function statusLineBytes({ status, reason }: ResponseHead): number {
  return VERSION + 1 + String(status).length + 1 + reason.length + LINE_END;
}
