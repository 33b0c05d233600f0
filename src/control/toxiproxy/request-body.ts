import { bodyText } from "../body-text.ts";
import { badRequestBody } from "./api-error.ts";

/** More than any list of proxies needs, in bytes. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Reads a body as text, whatever type it says it has.
 * @throws ApiError 400 it is larger than 4 MiB, or breaks off
 */
export async function readBody(request: Request): Promise<string> {
  const read = await bodyText(request, LARGEST_BODY_BYTES);
  switch (read.kind) {
    case "text":
      return read.text;
    case "tooLarge":
      throw badRequestBody("http: request body too large");
    case "brokenOff":
      throw badRequestBody("unexpected EOF");
  }
}
