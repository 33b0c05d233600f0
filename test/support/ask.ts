import { request as requestHttp, type IncomingHttpHeaders } from "node:http";
import { request as requestHttps } from "node:https";

/** A request of a test's own. */
export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Trusts any certificate, over TLS. */
  readonly secure?: boolean;
}

/** A whole answer. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The headers with which `jdoe` signs in and speaks protocol 12.1. */
export const SIGNED_IN = {
  authorization: `Basic ${Buffer.from("jdoe:secret").toString("base64")}`,
  "ms-asprotocolversion": "12.1",
} as const;

/** The target of a command of device `d1`. */
export function commandPath(command: string, user = "jdoe"): string {
  return `/Microsoft-Server-ActiveSync?Cmd=${command}&User=${user}&DeviceId=d1&DeviceType=SP`;
}

/** Asks a server on loopback, on a connection of its own. */
export function ask(port: number, asked: Asked = {}): Promise<Answered> {
  const { method = "POST", path = "/", headers = {}, body, secure = false } = asked;
  const options = { port, method, path, headers, agent: false as const, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)({ host: "127.0.0.1", ...options }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (bytes: Buffer) => pieces.push(bytes)).on("error", reject);
      response.once("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) });
      });
    });
    request.once("error", reject);
    request.end(body);
  });
}
