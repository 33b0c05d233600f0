import { LineCounter, Parser, isMap, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { CST, Node } from "yaml";
import type { Fault } from "../errors.ts";
import { yamlFault } from "./yaml-fault.ts";

/** A place in a document: keys and indices from its root. */
export type DocumentPath = readonly (string | number)[];

/** One fault in a value, with no place in a file yet. */
export interface ValueFault {
  readonly path: DocumentPath;
  /** What was found and what was expected. */
  readonly message: string;
  /** The key itself is at fault, not its value. */
  readonly key?: true;
}

/** A YAML text as a value that remembers where each of its parts stands. */
export interface YamlDocument {
  /** The plain value; `undefined` when the text has faults. */
  readonly value: unknown;
  /** What is wrong with the YAML itself, in the order of the text. */
  readonly faults: readonly Fault[];
  /** Gives faults of the value their places, in the order of the text; what is missing stands at its parent. */
  place(faults: readonly ValueFault[]): readonly Fault[];
}

/** Deepest nesting read; files of ours need 7, and the composer behind it recurses until the stack ends. */
const DEEPEST_NESTING = 32;

/**
 * Reads a YAML 1.2 text of one document.
 * Duplicate keys, unknown tags, aliases and nesting beyond 32 levels are faults: people's files need none of them.
 */
export function readDocument(text: string): YamlDocument {
  const lines = new LineCounter();
  const place = (path: DocumentPath, offset: number, message: string): Fault => {
    const { line, col } = lines.linePos(offset);
    return { pointer: pointerOf(path), line, column: col, message };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  if (nesting(tokens) > DEEPEST_NESTING)
    return faulty([place([], 0, `found more than ${DEEPEST_NESTING} levels of nesting, expected fewer`)]);
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true });
  const offsets = [...document.errors, ...document.warnings].map(({ code, message, pos: [offset] }) => ({
    offset,
    message: yamlFault({ code, message, offset }, text),
  }));
  visit(document, {
    Alias: (_, { source, range }) => {
      offsets.push({ offset: startOf(range), message: `found the alias *${source}, expected its value written out` });
    },
  });
  if (offsets.length > 0) return faulty(offsets.map(({ offset, message }) => place([], offset, message)));
  const root = document.contents;
  return {
    value: document.toJS(),
    faults: [],
    place: (faults) => inOrder(faults.map((each) => place(each.path, offsetOf(root, each), each.message))),
  };
}

/** A place as a JSON pointer (RFC 6901). */
export function pointerOf(path: DocumentPath): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function faulty(faults: readonly Fault[]): YamlDocument {
  return { value: undefined, faults: inOrder(faults), place: () => [] };
}

function inOrder(faults: readonly Fault[]): readonly Fault[] {
  return [...faults].sort((left, right) => left.line - right.line || left.column - right.column);
}

/** Walks with a list of its own: the depth to be found is the depth a recursion would not survive. */
function nesting(tokens: readonly CST.Token[]): number {
  const waiting = tokens.map((token) => ({ token, depth: 0 }));
  let deepest = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const depth = next.depth + 1;
    deepest = Math.max(deepest, next.depth);
    for (const token of childrenOf(next.token)) waiting.push({ token, depth });
  }
  return deepest;
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === "document") return token.value === undefined ? [] : [token.value];
  if (!("items" in token)) return [];
  return token.items.flatMap((item) => [item.key, item.value].filter((part) => part !== undefined && part !== null));
}

function offsetOf(root: Node | null, { path, key }: ValueFault): number {
  let node = root;
  let offset = startOf(root?.range);
  for (const [index, part] of path.entries()) {
    const child = childOf(node, part);
    if (child === undefined) break;
    const last = index === path.length - 1;
    offset = startOf(last && key === true ? child.key.range : (child.value ?? child.key).range);
    node = child.value;
  }
  return offset;
}

interface Child {
  readonly key: Node;
  readonly value: Node | null;
}

function childOf(node: Node | null, part: string | number): Child | undefined {
  if (isSeq<Node>(node)) {
    const item = node.items[Number(part)];
    return item === undefined ? undefined : { key: item, value: item };
  }
  if (!isMap<Node, Node | null>(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
  return pair && { key: pair.key, value: pair.value };
}

function startOf(range: readonly number[] | null | undefined): number {
  return range?.[0] ?? 0;
}
