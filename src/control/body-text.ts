/** What a body holds, or why it can't be told: it is larger than it may be, or who sent it broke off. */
export type BodyText = { readonly kind: "text"; readonly text: string } | { readonly kind: "tooLarge" | "brokenOff" };

/**
 * Reads a body as text; what is no UTF-8 becomes U+FFFD, and a byte order mark stays.
 * @param mostBytes a larger body is not read on
 */
export async function bodyText({ body, headers }: Request, mostBytes: number): Promise<BodyText> {
  if (Number(headers.get("content-length") ?? 0) > mostBytes) return { kind: "tooLarge" };
  if (body === null) return { kind: "text", text: "" };
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let sizeBytes = 0;
  let text = "";
  try {
    for await (const bytes of body) {
      sizeBytes += bytes.byteLength;
      if (sizeBytes > mostBytes) return { kind: "tooLarge" };
      text += decoder.decode(bytes, { stream: true });
    }
  } catch {
    return { kind: "brokenOff" };
  }
  return { kind: "text", text: text + decoder.decode() };
}
