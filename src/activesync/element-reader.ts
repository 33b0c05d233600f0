import { ProtocolError } from "../errors.ts";
import { describeTag, tagToken } from "./code-pages.ts";
import { decodeWbxml } from "./wbxml-reader.ts";
import type { WbxmlContent, WbxmlDocument, WbxmlElement } from "./wbxml.ts";

/** The numbers that a field may hold: xs:int. */
const INTEGER = { low: -(2 ** 31), high: 2 ** 31 - 1 } as const;

/**
 * Reads a document whose root must be the tag named.
 * @throws ProtocolError (E_PROTOCOL) for bytes that are no such document.
 */
export function readRoot(bytes: Uint8Array, page: number, name: string): ElementReader {
  const document = decodeWbxml(bytes);
  const root = new ElementReader(document, document.root, page);
  if (!isTag(document.root, page, name)) throw root.fault(`as the root element, expected ${name}`);
  return root;
}

/**
 * Reads one element's children by their names, in any order; children that nobody asks for are passed over.
 * Every fault names the element and where it stands. Names are of the page of the root, unless another is given.
 */
export class ElementReader {
  readonly #document: WbxmlDocument;
  readonly #element: WbxmlElement;
  readonly #page: number;

  constructor(document: WbxmlDocument, element: WbxmlElement, page: number) {
    this.#document = document;
    this.#element = element;
    this.#page = page;
  }

  /** All children of that name. */
  all(name: string, page = this.#page): readonly ElementReader[] {
    return this.#element.content
      .filter(isElement)
      .filter((child) => isTag(child, page, name))
      .map((child) => new ElementReader(this.#document, child, this.#page));
  }

  /**
   * The one child of that name, `undefined` for none.
   * @throws ProtocolError for more than one: two readers could believe different ones.
   */
  find(name: string, page = this.#page): ElementReader | undefined {
    const [first, second] = this.all(name, page);
    if (second !== undefined) throw second.fault("a second time, expected once");
    return first;
  }

  /**
   * The one child of that name.
   * @throws ProtocolError for none or more than one.
   */
  need(name: string, page = this.#page): ElementReader {
    const child = this.find(name, page);
    if (child === undefined) throw this.fault(`without ${name}`);
    return child;
  }

  /** What `read` makes of the one child of that name, or no fields at all; to be spread into a value. */
  optional<Fields extends object>(name: string, read: (child: ElementReader) => Fields): Partial<Fields> {
    const child = this.find(name);
    return child === undefined ? {} : read(child);
  }

  /** How many elements it holds. */
  countElements(): number {
    return this.#element.content.filter(isElement).length;
  }

  /**
   * Its text, `""` for none.
   * @throws ProtocolError when it holds anything else.
   */
  text(): string {
    const texts = this.#element.content.filter((node) => typeof node === "string");
    if (texts.length < this.#element.content.length) throw this.fault("with something else than text");
    return texts.join("");
  }

  /**
   * Its text as a whole number of 32 bits, signed.
   * Source: MS-ASDTYPE 2.6; XML Schema part 2, 3.3.17 (int), which lets white space stand around it.
   * @throws ProtocolError for anything else.
   */
  integer(low: number = INTEGER.low): number {
    const text = this.text();
    const digits = /^[\t\n\r ]*([+-]?[0-9]+)[\t\n\r ]*$/u.exec(text)?.[1];
    const value = Number(digits ?? Number.NaN);
    if (value >= low && value <= INTEGER.high) return value + 0;
    throw this.fault(`with ${quote(text)}, expected a whole number from ${low} to ${INTEGER.high}`);
  }

  /**
   * Its text as a whole number that is not negative.
   * @throws ProtocolError for anything else.
   */
  count(): number {
    return this.integer(0);
  }

  /**
   * Its text as a boolean; an empty element says true.
   * Source: MS-ASDTYPE 2.1 (0 and 1); MS-ASCMD, GetChanges (empty is 1).
   * @throws ProtocolError for anything else.
   */
  flag(): boolean {
    const text = this.text();
    if (text === "" || text === "1") return true;
    if (text === "0") return false;
    throw this.fault(`with ${quote(text)}, expected 0, 1 or nothing`);
  }

  /** An error that names this element and its place. */
  fault(message: string): ProtocolError {
    const { page, token } = this.#element;
    return new ProtocolError(`${describeTag(page, token)} ${message}`, this.#document.offsets.get(this.#element) ?? 0);
  }
}

function isElement(node: WbxmlContent): node is WbxmlElement {
  return typeof node === "object" && "token" in node;
}

function isTag(element: WbxmlElement, page: number, name: string): boolean {
  return element.page === page && element.token === tagToken(page, name);
}

/** Messages stay short, whatever was sent. */
function quote(text: string): string {
  return JSON.stringify(text.length > 24 ? `${text.slice(0, 24)}…` : text);
}
