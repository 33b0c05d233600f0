// Reads V8's heap snapshots: what stands in the heap, by the kind of object.
import { readFileSync } from "node:fs";

const NODE_FIELDS = 7;
const EDGE_FIELDS = 3;

/**
 * Bytes and counts of a snapshot, by what an object is: its constructor, a closure's function, and for V8's own inner
 * parts (tables of properties, elements, contexts) whose they are.
 * @returns {Map<string, {bytes: number, count: number}>}
 */
export function heapByKind(file) {
  const snapshot = JSON.parse(readFileSync(file, "utf8"));
  const { nodes, edges, strings } = snapshot;
  const meta = snapshot.snapshot.meta;
  const types = meta.node_types[0];
  const at = Object.fromEntries(meta.node_fields.map((name, index) => [name, index]));
  if (meta.node_fields.length !== NODE_FIELDS || meta.edge_fields.length !== EDGE_FIELDS) {
    throw new Error(`unknown snapshot format: ${meta.node_fields.join()}`);
  }
  const nameOf = (node) => {
    const type = types[nodes[node + at.type]];
    const name = strings[nodes[node + at.name]];
    if (type === "closure") return `closure ${name}`;
    if (type === "string" || type.endsWith("string")) return "string";
    return name === "" ? "(nameless)" : name;
  };
  const owners = ownersOf({ nodes, edges, at, nameOf, types });
  const kinds = new Map();
  for (let node = 0; node < nodes.length; node += NODE_FIELDS) {
    const bytes = nodes[node + at.self_size];
    if (bytes === 0) continue;
    const own = nameOf(node);
    const owner = owners.get(node);
    const kind = owner === undefined ? own : `${own} of ${owner}`;
    const sum = kinds.get(kind) ?? { bytes: 0, count: 0 };
    sum.bytes += bytes;
    sum.count += 1;
    kinds.set(kind, sum);
  }
  return kinds;
}

/** Whose inner part a node is, for those that V8 names no better. */
function ownersOf({ nodes, edges, at, nameOf, types }) {
  const owners = new Map();
  const inner = (node) => {
    const type = types[nodes[node + at.type]];
    return type === "array" || type === "number" || nameOf(node) === "system / Context" || nameOf(node) === "Array";
  };
  let edge = 0;
  for (let node = 0; node < nodes.length; node += NODE_FIELDS) {
    const end = edge + nodes[node + at.edge_count] * EDGE_FIELDS;
    for (; edge < end; edge += EDGE_FIELDS) {
      const to = edges[edge + 2];
      if (!owners.has(to) && inner(to)) owners.set(to, nameOf(node));
    }
  }
  return owners;
}

/** What `count` more of something added to a heap, in bytes each, largest first. */
export function growth(before, after, count) {
  return [...after]
    .map(([kind, { bytes, count: objects }]) => {
      const was = before.get(kind) ?? { bytes: 0, count: 0 };
      return { kind, bytesEach: (bytes - was.bytes) / count, objectsEach: (objects - was.count) / count };
    })
    .filter(({ bytesEach }) => bytesEach >= 4)
    .toSorted((left, right) => right.bytesEach - left.bytesEach);
}
