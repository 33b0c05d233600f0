import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

/** A name that the built library exports, and the file of declarations that it comes from. */
export interface Exported {
  readonly name: string;
  readonly file: string;
}

/** All that `idlewall` exports, once built. */
export function exportedNames(): readonly Exported[] {
  const index = declarationsOf("index.d.ts");
  return [...index.matchAll(/export (?:type )?\{([^}]*)\} from "\.\/([^"]+)"/gu)].flatMap(([, names = "", from = ""]) =>
    words(names).map((name) => ({ name, file: declarationFile(from) })),
  );
}

/** Names of types that what is exported mentions: imported into its file, or declared there. */
export function mentionedBy({ name, file }: Exported): readonly string[] {
  const text = declarationsOf(file);
  const imported = [...text.matchAll(/import (?:type )?\{([^}]*)\} from "\./gu)].flatMap(([, names = ""]) =>
    words(names),
  );
  const declared = [...text.matchAll(/^(?:export )?(?:declare )?(?:class|interface|type) (\w+)/gmu)].map(
    (each) => each[1] ?? "",
  );
  const own = declarationOf(text, name);
  return [...imported, ...declared].filter(
    (each) => each !== name && new RegExp(`(?<![\\w."])${each}\\b`, "u").test(own),
  );
}

function declarationOf(text: string, name: string): string {
  const parts = text.split(/^(?=(?:export |declare |interface |type |import |class ))/gmu);
  const begins = new RegExp(`^(?:export )?(?:declare )?(?:class|interface|type|function|const) ${name}\\b`, "u");
  return parts.filter((part) => begins.test(part)).join("");
}

function declarationsOf(file: string): string {
  return readFileSync(path.join(DIST, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\//gu, "");
}

function declarationFile(from: string): string {
  return from.replace(/\.[jt]s$/u, ".d.ts");
}

function words(list: string): readonly string[] {
  return list
    .split(",")
    .map((each) => each.trim().replace(/^type /u, ""))
    .filter((each) => each !== "");
}
