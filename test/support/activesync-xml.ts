import { tagToken } from "../../src/activesync/code-pages.ts";
import { element } from "../../src/activesync/wbxml.ts";
import type { WbxmlContent, WbxmlElement } from "../../src/activesync/wbxml.ts";

/** Where a tag is looked for that its parent's page does not have: AirSyncBase, then Contacts. */
const OTHER_PAGES = [17, 1];

/** The tree that the XML of a vector stands for; its root is on `page`. Knows tags and text, which is all they have. */
export function fromXml(xml: string, page: number): WbxmlElement {
  const open: { page: number; name: string; content: WbxmlContent[] }[] = [];
  for (const [, close, name, empty, text] of xml.matchAll(/<(\/)?(\w+)(\/)?>|([^<]+)/gu)) {
    const parent = open.at(-1);
    if (text !== undefined) {
      parent?.content.push(text);
    } else if (close === undefined && name !== undefined) {
      const pages = [parent?.page ?? page, ...OTHER_PAGES];
      const own = pages.find((candidate) => tagToken(candidate, name) !== undefined) ?? page;
      if (empty === undefined) open.push({ page: own, name, content: [] });
      else parent?.content.push(element(own, name));
    } else {
      const ended = open.pop();
      if (ended === undefined) break;
      const made = element(ended.page, ended.name, ended.content);
      const outer = open.at(-1);
      if (outer === undefined) return made;
      outer.content.push(made);
    }
  }
  throw new Error(`no root element in ${xml}`);
}

/** The inverse of `fromXml`. */
export function toXml(node: WbxmlContent): string {
  if (typeof node === "string") return node;
  if (node instanceof Uint8Array) return `[${node.length} bytes]`;
  return node.content.length === 0
    ? `<${node.name}/>`
    : `<${node.name}>${node.content.map(toXml).join("")}</${node.name}>`;
}
