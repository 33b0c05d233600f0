import type { Millis } from "../core/machine.ts";
import { StartError } from "../errors.ts";
import type { DeviceServer } from "./device-server.ts";
import { ProbeConnection } from "./probe-connection.ts";
import { PROBE_PATH } from "./probe-path.ts";

/** How long one question to the server may take, in real ms. */
const PATIENCE_MS = 15_000;

/** What an idlewall says of itself to who probes. */
export interface ProbeHello {
  readonly timeScale: number;
  /** Probes that may still be opened, and how long each may wait, in emulated ms. */
  readonly room: number;
  readonly longestWaitMs: Millis;
}

/** The bytes of a request below the path for probes. */
export function probeRequest({ authority }: DeviceServer, below: string, body: "none" | "chunked" = "none"): Buffer {
  const lines =
    body === "none"
      ? [`GET ${PROBE_PATH}${below} HTTP/1.1`]
      : [`POST ${PROBE_PATH}${below} HTTP/1.1`, "Transfer-Encoding: chunked"];
  return Buffer.from([...lines, `Host: ${authority}`, "User-Agent: idlewall-probe", "", ""].join("\r\n"));
}

/**
 * Asks one question on a connection of its own, and gives the JSON of the answer.
 * @throws StartError E_TARGET_UNREACHABLE, E_TARGET_UNTRUSTED, or E_PROTOCOL for another answer than an idlewall's
 */
export function askProbe(server: DeviceServer, below: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (error: StartError): void => {
      clearTimeout(timeout);
      reject(error);
    };
    const connection = new ProbeConnection(server, probeRequest(server, below), {
      ended: (how, body) => {
        clearTimeout(timeout);
        if (how === "answered") resolve(parsed(body));
        else
          reject(notAnswering(server, typeof how === "string" ? `a connection that was ${how}` : `HTTP ${how.status}`));
      },
      failed: ({ message, untrusted }) => fail(untrusted ? notTrusted(server, message) : notReached(server, message)),
    });
    const timeout = setTimeout(() => {
      connection.destroy();
      fail(notReached(server, `no answer in ${PATIENCE_MS / 1000} s`));
    }, PATIENCE_MS);
  });
}

/**
 * Asks whether an idlewall answers probes there.
 * @throws StartError as `askProbe`
 */
export async function greetProbe(server: DeviceServer): Promise<ProbeHello> {
  const value = await askProbe(server, "");
  const hello = readHello(value);
  if (hello !== undefined) return hello;
  throw notAnswering(server, "an answer of another program");
}

function readHello(value: unknown): ProbeHello | undefined {
  if (typeof value !== "object" || value === null || !("idlewallProbe" in value) || value.idlewallProbe !== 1)
    return undefined;
  const numberOf = (name: string): number => Number(Reflect.get(value, name));
  const [timeScale, longestWaitMs] = [numberOf("timeScale"), numberOf("longestWaitMs")];
  const room = numberOf("mostWaiting") - numberOf("waiting");
  return [timeScale, longestWaitMs, room].every(Number.isFinite) ? { timeScale, longestWaitMs, room } : undefined;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function notAnswering({ authority }: DeviceServer, found: string): StartError {
  return new StartError(
    "E_PROTOCOL",
    `${authority}: found ${found} at ${PROBE_PATH}, expected an idlewall that is served with --allow-probe; ` +
      "any other ActiveSync server is probed with --user",
  );
}

function notTrusted({ authority }: DeviceServer, message: string): StartError {
  return new StartError(
    "E_TARGET_UNTRUSTED",
    `${authority} is not trusted: ${message}; give its authority with --ca FILE, or trust anything with --insecure`,
  );
}

function notReached({ authority }: DeviceServer, message: string): StartError {
  return new StartError("E_TARGET_UNREACHABLE", `${authority} can't be reached: ${message}`);
}
