// Writes profiles/profile.schema.json from the one schema of a profile file; needs a fresh `npm run build`.
import { writeFileSync } from "node:fs";
import { profileJsonSchema } from "../dist/profile/schema.js";

const text = `${JSON.stringify(profileJsonSchema(), undefined, 2)}\n`;
writeFileSync(new URL("../profiles/profile.schema.json", import.meta.url), text);
