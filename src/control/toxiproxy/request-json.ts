import { badRequestBody } from "./api-error.ts";

// Bodies are read as Go's encoding/json reads them into a struct, because that is what clients were written against:
// unknown fields are ignored, names of fields match whatever their case, of a field given twice the last one counts,
// and null leaves a field as it was.

/** The fields of a JSON object. */
export class Fields {
  /** How messages name the object. */
  readonly #owner: string;
  readonly #entries: readonly (readonly [string, unknown])[];

  constructor(owner: string, entries: readonly (readonly [string, unknown])[]) {
    this.#owner = owner;
    this.#entries = entries;
  }

  /** @throws ApiError 400 it is no string */
  string<Default>(name: string, absent: Default): string | Default {
    const value = this.#value(name);
    if (value === undefined) return absent;
    if (typeof value === "string") return value;
    throw this.#mismatch(value, name, "string");
  }

  /** @throws ApiError 400 it is neither true nor false */
  boolean(name: string, absent: boolean): boolean {
    const value = this.#value(name);
    if (value === undefined) return absent;
    if (typeof value === "boolean") return value;
    throw this.#mismatch(value, name, "bool");
  }

  /** @throws ApiError 400 it is no whole number */
  integer(name: string, absent: number): number {
    const value = this.#value(name);
    if (value === undefined) return absent;
    if (typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= LARGEST_INT64) return value;
    throw this.#mismatch(value, name, "int64");
  }

  /**
   * A number of 32 bits, as Toxiproxy keeps toxicity.
   * @throws ApiError 400 it is no number, or beyond the largest of 32 bits
   */
  float(name: string, absent: number): number {
    const value = this.#value(name);
    if (value === undefined) return absent;
    if (typeof value === "number" && Number.isFinite(Math.fround(value))) return Math.fround(value);
    throw this.#mismatch(value, name, "float32");
  }

  /**
   * An object in the object, without a field when it is absent.
   * @throws ApiError 400 it is no object
   */
  object(name: string): Fields {
    const owner = `${this.#owner}.${name}`;
    const value = this.#value(name);
    if (value === undefined) return new Fields(owner, []);
    if (isObject(value)) return new Fields(owner, Object.entries(value));
    throw this.#mismatch(value, name, "object");
  }

  #value(name: string): unknown {
    return this.#entries.findLast(([key, value]) => key.toLowerCase() === name && value !== null)?.[1];
  }

  #mismatch(value: unknown, name: string, expected: string): Error {
    const found = describe(value);
    return badRequestBody(
      `json: cannot unmarshal ${found} into Go struct field ${this.#owner}.${name} of type ${expected}`,
    );
  }
}

/**
 * Reads a body that is one JSON object; null is an object without fields.
 * @param owner how messages name the object
 * @throws ApiError 400 it is none
 */
export function readFields(body: string, owner: string): Fields {
  return fieldsOf(readJson(body), owner);
}

/**
 * Reads a body that is a JSON array of objects; null is an empty one.
 * @throws ApiError 400 it is none, or one of its elements is no object
 */
export function readListOfFields(body: string, owner: string): readonly Fields[] {
  const value = readJson(body) ?? [];
  if (!Array.isArray(value)) throw mismatch(value, `[]${owner}`);
  return value.map((element: unknown) => fieldsOf(element, owner));
}

const LARGEST_INT64 = 2 ** 63;

/** The words of Go's decoder where there is an easy match; what follows `bad request body: ` is for people. */
function readJson(body: string): unknown {
  if (body.trim() === "") throw badRequestBody("EOF");
  try {
    const value: unknown = JSON.parse(body);
    return value;
  } catch (fault) {
    const reason = String(fault instanceof Error ? fault.message : fault);
    throw badRequestBody(/end of JSON input|Unterminated/u.test(reason) ? "unexpected EOF" : reason);
  }
}

function fieldsOf(value: unknown, owner: string): Fields {
  if (value === null) return new Fields(owner, []);
  if (!isObject(value)) throw mismatch(value, owner);
  return new Fields(owner, Object.entries(value));
}

function mismatch(value: unknown, expected: string): Error {
  return badRequestBody(`json: cannot unmarshal ${describe(value)} into Go value of type ${expected}`);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return `number ${value}`;
  return typeof value === "boolean" ? "bool" : typeof value;
}
