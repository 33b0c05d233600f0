import { EmulatorError } from "../../errors.ts";
import { ApiError, proxyAlreadyExists } from "./api-error.ts";

/** Where to listen as Toxiproxy understands it: nothing is any free port, and localhost is an IPv4 address. */
export function listenText(asked: string): string {
  return asked === "" ? ":0" : asked.replace(/^localhost:/iu, "127.0.0.1:");
}

/** Tells whether a proxy that listens there is where it is asked to be; a free port asked for anew is another one. */
export function sameListen(present: string, asked: string): boolean {
  const wanted = listenText(asked);
  return !wanted.endsWith(":0") && everywhere(present) === everywhere(wanted);
}

/** Says in the words of Toxiproxy (Go's `net`) why a proxy can't start; what is no word for people is thrown on. */
export function startError(cause: unknown, listen: string): ApiError {
  if (!(cause instanceof EmulatorError)) throw cause;
  const { code } = cause;
  if (code === "E_LISTENER_EXISTS") return proxyAlreadyExists();
  const system = cause.cause instanceof Error && "code" in cause.cause ? String(cause.cause.code) : "";
  const reason = REASONS[system] ?? REASONS[code] ?? cause.message;
  const subject = code === "E_ADDRESS_INVALID" ? `listen tcp: address ${listen}` : `listen tcp ${listen}`;
  return new ApiError(500, `${subject}: ${reason}`, { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  E_PORT_TAKEN: "bind: address already in use",
  E_PORT_FORBIDDEN: "bind: permission denied",
  EADDRNOTAVAIL: "bind: cannot assign requested address",
  ENOTFOUND: "no such host",
};

function everywhere(listen: string): string {
  return listen.startsWith(":") ? `[::]${listen}` : listen;
}
