import { element } from "./wbxml.ts";
import type { WbxmlElement } from "./wbxml.ts";

/** Makes the elements of one code page; parts that may be missing come as lists, to be spread into a content. */
export class PageWriter {
  readonly #page: number;

  constructor(page: number) {
    this.#page = page;
  }

  /** An element that holds others. */
  element(name: string, content: readonly WbxmlElement[] = []): WbxmlElement {
    return element(this.#page, name, content);
  }

  /** An element that holds others, none for `undefined`. */
  optional(name: string, content: readonly WbxmlElement[] | undefined): readonly WbxmlElement[] {
    return content === undefined ? [] : [this.element(name, content)];
  }

  /**
   * An element that holds a text or a whole number, none for `undefined`.
   * @throws RangeError for a number that is not whole or not of 32 bits: no reader would take it.
   */
  field(name: string, value: string | number | undefined): readonly WbxmlElement[] {
    if (value === undefined) return [];
    if (typeof value === "number" && (value | 0) !== value) {
      throw new RangeError(`${name} takes a whole number of 32 bits, not ${value}`);
    }
    return [element(this.#page, name, value === "" ? [] : [String(value)])];
  }
}
