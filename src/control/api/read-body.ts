import { bodyText } from "../body-text.ts";
import { problem } from "../problem.ts";

/** Largest body that is read: 1 MiB; no profile comes near it. */
const LARGEST_BODY_BYTES = 1024 * 1024;

/** Reads the JSON of a body, or refuses it. */
export async function readBody(request: Request): Promise<unknown> {
  const refusal = refuseMediaType(request);
  if (refusal !== undefined) return refusal;
  const read = await bodyText(request, LARGEST_BODY_BYTES);
  switch (read.kind) {
    case "text":
      return parsed(read.text);
    case "tooLarge":
      return problem(413, `A body may have ${LARGEST_BODY_BYTES} bytes at most.`);
    case "brokenOff":
      return problem(400, "The body broke off.");
  }
}

/** Refuses what is no JSON where no body is read at all: a form of a web page could send it. */
export function refuseStray(request: Request): Response | undefined {
  const length = request.headers.get("content-length") ?? "0";
  const empty = length === "0" && !request.headers.has("transfer-encoding");
  return empty ? undefined : refuseMediaType(request);
}

function refuseMediaType({ headers }: Request): Response | undefined {
  const found = headers.get("content-type");
  const [mediaType = ""] = (found ?? "").split(";");
  if (mediaType.trim().toLowerCase() === "application/json") return undefined;
  return problem(415, `Found the content type ${JSON.stringify(found ?? "none")}, expected application/json.`, {
    accept: "application/json",
  });
}

/** The byte order mark that some write before JSON says nothing (RFC 8259, 8.1). */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/u, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return problem(400, `The body is not JSON: ${text === "" ? "it is empty" : reason}.`);
  }
}
