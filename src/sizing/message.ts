import type { ClientAccessEffect } from "../heartbeat/client-access.ts";
import type { DeviceSessionEffect } from "../heartbeat/device-events.ts";

/** A command on its way to the server. */
export type Request = Extract<DeviceSessionEffect, { kind: "request" }>["request"];

/** An answer on its way to the device. */
export type Answer = Extract<ClientAccessEffect, { kind: "answer" }>["answer"];

/** The server's answer to a Ping or Sync, with the number that this request has on its flow. */
export interface HeartbeatAnswer {
  readonly number: number;
  readonly answer: Extract<Answer, { readonly command: "Ping" | "Sync" }>;
}

/** What a segment of a virtual flow stands for, whole. */
export type WholeMessage =
  | { readonly kind: "hello" }
  | { readonly kind: "welcome" }
  | { readonly kind: "request"; readonly request: Request }
  | {
      readonly kind: "answer";
      readonly answer: Answer;
      /** The same, where it concerns an exchange: not when a hop answers in the server's place. */
      readonly heartbeat: HeartbeatAnswer | undefined;
      /** Whether it ends the connection (`Connection: close`). */
      readonly last: boolean;
    };

/** A message, or bytes of one that was split: it is there with its last bytes. */
export type Message = WholeMessage | typeof PART;

/** Some of the bytes of a message, but not the last. */
export const PART = { kind: "part" } as const;

/**
 * Sizes on the wire, in bytes: a TLS 1.3 handshake's flights, a Ping (plain query, Basic authentication, a body of 33
 * bytes: 408 in all) and its answer with the headers of IIS (265), each in a TLS record (29 more with AES-GCM).
 */
export const SIZES: Readonly<Record<WholeMessage["kind"], number>> = {
  hello: 350,
  welcome: 800,
  request: 437,
  answer: 294,
};
