import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type CommandRequest, decodeCommandBody } from "../activesync/command.ts";
import { Driver } from "../core/driver.ts";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import { ProtocolError, UsageError } from "../errors.ts";
import {
  ClientAccess,
  type ClientAccessEffect,
  type ClientAccessEvent,
  clientAccessFaults,
  type ClientAccessSettings,
  DEFAULT_CLIENT_ACCESS,
} from "../heartbeat/client-access.ts";
import { RecentMap } from "../heartbeat/recent-map.ts";
import { type CertifiedKey, pemIdentity } from "./certificates.ts";
import { answerCommand, answerHealth, answerOptions, answerRefusal } from "./client-access-answer.ts";
import { readBody } from "./client-access-body.ts";
import { createControl, DEFAULT_SUBJECT, type MailboxControl, type MailboxCounts } from "./client-access-control.ts";
import { type HeadReading, readHead, type Refusal, type ServedCommand, type Users } from "./client-access-head.ts";
import { MailCourier, type MailPlan } from "./client-access-mail.ts";
import { readUsers, type UsersByName } from "./client-access-users.ts";
import { HttpListener } from "./http-listener.ts";
import type { Identity } from "./tls-termination.ts";

/** A command that a server was given. */
export interface ServedRequest {
  readonly receivedAt: Millis;
  readonly user: string;
  readonly deviceId: string;
  readonly command: ServedCommand;
}

/** What a Client Access server tells while it runs; each is called at once and must not throw. */
export interface ClientAccessCallbacks {
  onAnswered?(request: ServedRequest, httpStatus: number, at: Millis): void;
  /** The connection of a request went away before its answer. */
  onAbandoned?(request: ServedRequest, at: Millis): void;
  /** A request was answered without a command being carried out. */
  onRefused?(refusal: Refusal, at: Millis): void;
  onDelivered?(user: string, at: Millis): void;
}

/** What a Client Access server is made of. */
export interface ClientAccessOptions extends ClientAccessCallbacks {
  /** Default 127.0.0.1; `undefined` stands for every address of the machine. */
  readonly host?: string | undefined;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Certificates with keys, as PEM or as `createLeaf` gives them, one a key type; without any it speaks plain HTTP. */
  readonly identities?: readonly (Identity | CertifiedKey)[];
  readonly scheduler: Scheduler;
  /** What it takes and keeps; default as Microsoft's. */
  readonly settings?: Partial<ClientAccessSettings>;
  /** Who may sign in; names without regard to case. Default: any user with any password. */
  readonly users?: UsersByName;
  /** Mail that comes by itself, into each mailbox. */
  readonly mail?: MailPlan;
  /** Where the control port is; default: there is none. */
  readonly control?: { readonly host: string | undefined; readonly port: number };
}

/**
 * Starts a Client Access server: OPTIONS, Provision, FolderSync, Sync and Ping over HTTP, mailboxes in memory.
 * @throws UsageError E_USAGE for settings and users that can't be used
 * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
 */
export async function startClientAccess(options: ClientAccessOptions): Promise<ClientAccessServer> {
  const server = new ClientAccessServer(options);
  try {
    await server.listen();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** A running Client Access server. */
export class ClientAccessServer implements MailboxControl, AsyncDisposable {
  readonly secure: boolean;
  readonly #options: ClientAccessOptions;
  readonly #users: Users;
  readonly #scheduler: Scheduler;
  readonly #machine: ClientAccess;
  readonly #driver: Driver<ClientAccessEvent, ClientAccessEffect>;
  readonly #listener: HttpListener;
  readonly #control: HttpListener | undefined;
  readonly #courier: MailCourier | undefined;
  readonly #delivered: RecentMap<string, number>;
  readonly #open = new Map<number, OpenRequest>();
  #requestCount = 0;
  #port = 0;
  #controlPort: number | undefined;

  constructor(options: ClientAccessOptions) {
    const settings = { ...DEFAULT_CLIENT_ACCESS, ...options.settings };
    const faults = clientAccessFaults(settings);
    if (faults.length > 0) throw new UsageError("E_USAGE", faults.join("\n"));
    const { scheduler, mail, users, identities = [] } = options;
    this.secure = identities.length > 0;
    this.#options = options;
    this.#users = users === undefined ? undefined : readUsers(users);
    this.#scheduler = scheduler;
    this.#machine = new ClientAccess(settings);
    this.#driver = new Driver(this.#machine, scheduler, (effect) => this.#perform(effect));
    this.#delivered = new RecentMap(settings.maxMailboxes);
    this.#listener = new HttpListener(
      makeServer(identities.map(pemIdentity), (request, response) => this.#serve(request, response)),
    );
    this.#control = options.control && createControl(this);
    this.#courier = mail && new MailCourier(mail, scheduler, settings.maxMailboxes, (user) => void this.deliver(user));
  }

  /** The port that devices connect to. */
  get port(): number {
    return this.#port;
  }

  /** The port of the control server, if there is one. */
  get controlPort(): number | undefined {
    return this.#controlPort;
  }

  /** Requests that are held. */
  get parkedCount(): number {
    return this.#machine.parked;
  }

  /** Connections of devices. */
  get connectionCount(): number {
    return this.#listener.connectionCount;
  }

  /** Begins to accept devices; `startClientAccess` calls it. */
  async listen(): Promise<void> {
    const { port = 0, control } = this.#options;
    const host = "host" in this.#options ? this.#options.host : "127.0.0.1";
    this.#port = await this.#listener.listen(host, port);
    this.#controlPort = control && (await this.#control?.listen(control.host, control.port));
    for (const user of this.#users?.keys() ?? []) this.#meet(user);
  }

  /** Puts a message into a user's mailbox; false for one who can't sign in. */
  deliver(user: string, subject: string = DEFAULT_SUBJECT): boolean {
    if (this.#users?.has(user.toLowerCase()) === false) return false;
    this.#driver.dispatch({ kind: "mail", user, subject: subject });
    return true;
  }

  mailbox(user: string): MailboxCounts | undefined {
    const name = user.toLowerCase();
    const delivered = this.#delivered.get(name);
    if (delivered === undefined) return undefined;
    const parked = [...this.#open.values()].filter((open) => open.user.toLowerCase() === name).length;
    return { user: name, delivered, parked };
  }

  /** Ends every connection at once, answers nothing more, and frees the ports. */
  async stop(): Promise<void> {
    this.#courier?.stop();
    this.#driver.stop();
    await Promise.all([this.#listener.close(), this.#control?.close()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url: target = "", headers } = request;
    const { authorization, "ms-asprotocolversion": version } = headers;
    const protocolVersion = typeof version === "string" ? version : undefined;
    const reading = readHead({ method, target, authorization, protocolVersion }, this.#users);
    switch (reading.kind) {
      case "health":
        return answerHealth(response);
      case "refused":
        return this.#refuse(response, reading);
      case "options":
        this.#meet(reading.user);
        return answerOptions(response);
      case "command":
        return readBody(request, (body) => this.#begin(reading, body, response));
    }
  }

  #begin(head: CommandHead, body: Uint8Array | Refusal, response: ServerResponse): void {
    if ("status" in body) return this.#refuse(response, body);
    this.#meet(head.user);
    this.#requestCount += 1;
    const id = this.#requestCount;
    this.#open.set(id, { ...head, receivedAt: this.#scheduler.now(), response });
    response.once("close", () => this.#closed(id));
    const request = readCommand(head.command, body);
    if (request === undefined) return this.#driver.dispatch({ kind: "malformed", id, command: head.command });
    const { user, deviceId, protocolVersion } = head;
    this.#driver.dispatch({ kind: "request", id, user, deviceId, protocolVersion, request });
  }

  #perform(effect: ClientAccessEffect): void {
    switch (effect.kind) {
      case "answer":
        return this.#answer(effect);
      case "delivered": {
        const { user } = effect;
        this.#delivered.set(user, (this.#delivered.get(user) ?? 0) + 1);
        return this.#options.onDelivered?.(user, this.#scheduler.now());
      }
      case "undeliverable":
        return undefined;
    }
  }

  #answer({ id, answer }: Extract<ClientAccessEffect, { kind: "answer" }>): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    answerCommand(open.response, answer);
    this.#options.onAnswered?.(open, answer.httpStatus, this.#scheduler.now());
  }

  #refuse(response: ServerResponse, refusal: Refusal): void {
    answerRefusal(response, refusal);
    this.#options.onRefused?.(refusal, this.#scheduler.now());
  }

  /** Told of every request, also of one that was answered. */
  #closed(id: number): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    this.#driver.dispatch({ kind: "closed", id });
    this.#options.onAbandoned?.(open, this.#scheduler.now());
  }

  /** A user who was not seen before gets a mailbox, and mail as planned. */
  #meet(user: string): void {
    const name = user.toLowerCase();
    this.#delivered.set(name, this.#delivered.get(name) ?? 0);
    this.#courier?.follow(name);
  }
}

type CommandHead = Extract<HeadReading, { kind: "command" }>;

interface OpenRequest extends ServedRequest {
  readonly response: ServerResponse;
}

function makeServer(
  identities: readonly Identity[],
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  if (identities.length === 0) return createHttpServer(serve);
  return createHttpsServer(
    {
      cert: identities.map(({ cert }) => cert),
      key: identities.map(({ key }) => key),
      minVersion: "TLSv1.2",
      ALPNProtocols: ["http/1.1"],
    },
    serve,
  );
}

function readCommand(command: ServedCommand, body: Uint8Array): CommandRequest | undefined {
  try {
    return decodeCommandBody(command, body);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
