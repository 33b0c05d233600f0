import { problem } from "../problem.ts";

/** Largest body that is read: 1 MiB; no profile comes near it. */
const LARGEST_BODY_BYTES = 1024 * 1024;

/** Reads the JSON of a body, or refuses it. */
export async function readBody(request: Request): Promise<unknown> {
  const refusal = refuseMediaType(request);
  if (refusal !== undefined) return refusal;
  const text = await textOf(request);
  if (text === undefined) return problem(413, `A body may have ${LARGEST_BODY_BYTES} bytes at most.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return problem(400, `The body is not JSON: ${text === "" ? "it is empty" : reason}.`);
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

async function textOf({ body, headers }: Request): Promise<string | undefined> {
  if (Number(headers.get("content-length") ?? 0) > LARGEST_BODY_BYTES) return undefined;
  if (body === null) return "";
  const decoder = new TextDecoder();
  let sizeBytes = 0;
  let text = "";
  for await (const bytes of body) {
    sizeBytes += bytes.byteLength;
    if (sizeBytes > LARGEST_BODY_BYTES) return undefined;
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}
