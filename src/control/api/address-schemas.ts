import { z } from "zod";
import { withoutCredentials } from "../../errors.ts";
import { quoted } from "../../profile/words.ts";

const PORT = String.raw`0*(?:[1-9]?\d{1,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])`;
const HOST = String.raw`(?:\[[\dA-Fa-f:.]+\]|[^:\[\]\/@\s]+)`;

/** Where to listen. */
export const listenAddress = addressLike(
  `^(?:(?:${HOST})?:)?${PORT}$`,
  "HOST:PORT, [IPV6]:PORT, :PORT or PORT, such as 127.0.0.1:8443",
);

/** Whom to call. */
export const targetAddress = addressLike(
  `^(?!\\*:)${HOST}:(?!0+$)${PORT}$`,
  "HOST:PORT with a port from 1 to 65535, such as db.example:5432",
);

/** What has that pattern, and whose host is an address where it looks like one; nothing before an `@` is repeated. */
function addressLike(pattern: string, expected: string): z.ZodString {
  const shape = new RegExp(pattern, "u");
  return z
    .string()
    .superRefine((text, context) => {
      if (shape.test(text) && isSound(text.replace(/:?\d+$/u, ""))) return;
      const message = `found ${quoted(withoutCredentials(text))}, expected ${expected}`;
      context.addIssue({ code: "custom", message });
    })
    .meta({ pattern });
}

function isSound(host: string): boolean {
  if (host.startsWith("[")) return z.regexes.ipv6.test(host.slice(1, -1));
  return !/^[\d.]+$/u.test(host) || z.regexes.ipv4.test(host);
}
