// Writes the JSON Schemas beside the profiles, each from the one schema of its kind of file; `npm run docs` builds first and runs it.
import { writeFileSync } from "node:fs";
import { serveFileSchema } from "../dist/cli/configuration-schema.js";
import { profileJsonSchema } from "../dist/profile/schema.js";

const schemas = { profile: profileJsonSchema(), configuration: serveFileSchema() };

for (const [name, schema] of Object.entries(schemas)) {
  const text = `${JSON.stringify(schema, undefined, 2)}\n`;
  writeFileSync(new URL(`../profiles/${name}.schema.json`, import.meta.url), text);
}
