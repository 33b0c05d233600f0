import { z } from "zod";
import { closed } from "./closed.ts";
import { nameLike } from "./name.ts";
import { inlineProfileSchema } from "./schema.ts";

/** A port alone is a number to YAML, and still the text that was written. */
const address = z
  .union([z.string(), z.int()], "an address such as 127.0.0.1:8443, :8443 or [::1]:8443")
  .transform(String);
const file = z.string().min(1);

const listenerName = nameLike("mail").describe("Names the listener in events, metrics and log; unique");
const enabled = z.boolean().optional().describe("Whether it listens from the start; true when left out");
const listen = address.describe("HOST:PORT for devices; port 0 takes any free one");
const profile = z
  .union([z.string(), inlineProfileSchema], "the name of a profile, a file, or a profile written here")
  .optional()
  .describe("Its path: a shipped profile, a file beside this one, or hops written here; the file's own when left out");

const tcpListener = closed({
  name: listenerName,
  type: z.literal("tcp").describe("Any bytes, TLS passed as it is"),
  listen,
  target: address.describe("HOST:PORT of the server"),
  profile,
  enabled,
});

const httpsListener = closed({
  name: listenerName,
  type: z.literal("https").describe("TLS ends here, and requests go on"),
  listen,
  target: z.string().optional().describe("URL of the Client Access server"),
  targetCa: file.optional().describe("PEM file of authorities to trust for the target"),
  targetInsecure: z.boolean().optional().describe("Trust any certificate of the target"),
  forward: z
    .enum(["relay", "rewrite"])
    .optional()
    .describe("Pass every byte unchanged, or rewrite; relay when left out"),
  backend: z.array(z.string()).optional().describe("With forward: rewrite, servers as PREFIX=URL"),
  keepHost: z.boolean().optional().describe("With forward: rewrite, call servers by the name the device asked for"),
  stripPrefix: z.boolean().optional().describe("With forward: rewrite, take the backend's prefix off the path"),
  addPrefix: z.string().optional().describe("With forward: rewrite, put this before the path"),
  xForwarded: z
    .enum(["replace", "append", "remove", "keep"])
    .optional()
    .describe("With forward: rewrite, what becomes of X-Forwarded-*"),
  cert: file.optional().describe("PEM file: the certificate, then its issuers"),
  key: file.optional().describe("PEM file: the private key of cert"),
  pfx: file.optional().describe("PFX file, in place of cert and key"),
  passphraseFile: file.optional().describe("File whose first line is the passphrase of the PFX"),
  certs: file.optional().describe("Directory for certificates that are made when none are given"),
  legacyDevices: z.boolean().optional().describe("Take TLS 1.0 and 1.1 and the ciphers of Windows Mobile too"),
  profile,
  enabled,
});

/** Any listener as a configuration file writes it. */
export const listenerSchema = z.discriminatedUnion("type", [httpsListener, tcpListener]);

/** A listener as a configuration file writes it. */
export type ListenerEntry = z.infer<typeof listenerSchema>;

/** What a listener may be. */
export const LISTENER_TYPES = ["https", "tcp"] as const satisfies readonly ListenerEntry["type"][];
