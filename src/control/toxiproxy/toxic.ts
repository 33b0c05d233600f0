import type { Direction } from "../../path/segment.ts";
import { badRequestBody, invalidStream, invalidToxicType, toxicAlreadyExists } from "./api-error.ts";
import { type Fields, readFields } from "./request-json.ts";
import { shortest32 } from "./response-json.ts";
import { type Attributes, toxicKind, type ToxicType, isToxicType } from "./toxic-types.ts";

/** A fault on one direction of a proxy, as Toxiproxy's clients name it. */
export interface Toxic {
  /** Unique in its proxy, across both directions. */
  readonly name: string;
  readonly type: ToxicType;
  /** `upstream` or `downstream`, spelt as it was given. */
  readonly stream: string;
  readonly direction: Direction;
  /** Share of connections that it acts on; 0 is none, 1 is every one, and what lies beyond them means the same. */
  readonly toxicity: number;
  readonly attributes: Attributes;
}

/** A toxic as its clients see it, its fields in the order of Toxiproxy's. */
export interface ToxicJson {
  readonly attributes: Attributes;
  readonly name: string;
  readonly type: ToxicType;
  readonly stream: string;
  readonly toxicity: number;
}

/**
 * Reads a toxic to be. What is wrong is found in Toxiproxy's order: JSON, stream, type, name, attributes.
 * @param taken tells whether a toxic of that name is there already
 * @throws ApiError 400 or 409
 */
export function readToxic(body: string, taken: (name: string) => boolean): Toxic {
  const fields = readFields(body, "Toxic");
  const type = fields.string("type", "");
  const stream = fields.string("stream", "downstream");
  const given = fields.string("name", "");
  const toxicity = fields.float("toxicity", 1);
  const written = fields.object("attributes");
  const direction = directionOf(stream);
  if (direction === undefined) throw invalidStream();
  if (!isToxicType(type)) throw invalidToxicType();
  const name = given === "" ? `${type}_${stream}` : given;
  if (taken(name)) throw toxicAlreadyExists();
  return { name, type, stream, direction, toxicity, attributes: readAttributes(type, written, {}) };
}

/**
 * Reads a change to a toxic: its attributes are merged, its name, type and stream stay.
 * @throws ApiError 400
 */
export function changeToxic(toxic: Toxic, body: string): Toxic {
  const fields = readFields(body, "Toxic");
  const attributes = readAttributes(toxic.type, fields.object("attributes"), toxic.attributes);
  return { ...toxic, attributes, toxicity: fields.float("toxicity", toxic.toxicity) };
}

/** A toxic as its clients see it. */
export function toxicJson({ attributes, name, type, stream, toxicity }: Toxic): ToxicJson {
  return { attributes, name, type, stream, toxicity: shortest32(toxicity) };
}

/** The upstream chain before the downstream one, each in order of creation. */
export function inOrderOfChains(toxics: readonly Toxic[]): readonly Toxic[] {
  return [...toxics.filter(isUpstream), ...toxics.filter((toxic) => !isUpstream(toxic))];
}

function isUpstream({ direction }: Toxic): boolean {
  return direction === "toServer";
}

function directionOf(stream: string): Direction | undefined {
  switch (stream.toLowerCase()) {
    case "upstream":
      return "toServer";
    case "downstream":
      return "toDevice";
    default:
      return undefined;
  }
}

function readAttributes(type: ToxicType, fields: Fields, present: Attributes): Attributes {
  const kind = toxicKind(type);
  const attributes: Attributes = Object.fromEntries(
    Object.entries(kind.attributes).map(([name, absent]) => [
      name,
      readAttribute(fields, name, present[name] ?? absent),
    ]),
  );
  const reason = kind.check?.(attributes);
  if (reason !== undefined) throw badRequestBody(reason);
  return attributes;
}

function readAttribute(fields: Fields, name: string, absent: number | string): number | string {
  return typeof absent === "number" ? fields.integer(name, absent) : fields.string(name, absent);
}
