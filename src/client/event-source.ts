/** What one block of a stream of server-sent events says. */
export interface Block {
  /** The place to resume from, when it moves. */
  readonly id: string | undefined;
  /** `undefined` for a block that only moves the place, or keeps the connection warm. */
  readonly data: string | undefined;
}

/** Reads server-sent events from the bytes of an answer, block by block. Source: HTML, 9.2.6. */
export async function* readBlocks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Block> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of bytes) {
    rest += decoder.decode(piece, { stream: true });
    const blocks = rest.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) yield readBlock(block);
  }
}

function readBlock(text: string): Block {
  const fields = text.split("\n").map((line) => /^(\w+): ?(.*)$/u.exec(line));
  const data = fields.filter((field) => field?.[1] === "data").map((field) => field?.[2] ?? "");
  const id = fields.findLast((field) => field?.[1] === "id")?.[2];
  return { id, data: data.length === 0 ? undefined : data.join("\n") };
}
