import { badRequestBody } from "./api-error.ts";

/** More than any list of proxies needs, in bytes. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Reads a body as text, whatever type it says it has; what is no UTF-8 becomes U+FFFD.
 * @throws ApiError 400 it is larger than 4 MiB
 */
export async function readBody({ body }: Request): Promise<string> {
  if (body === null) return "";
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  let sizeBytes = 0;
  for await (const bytes of body) {
    sizeBytes += bytes.length;
    if (sizeBytes > LARGEST_BODY_BYTES) throw badRequestBody("http: request body too large");
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}
