import { API_MARK } from "../control/api/api-mark.ts";
import type { Shape } from "../control/api/shape.ts";
import type { Millis } from "../core/machine.ts";
import type { ProblemResource } from "../control/api/types.ts";
import { ApiError, EmulatorError, UsageError, withoutCredentials } from "../errors.ts";

/** Whom to ask. */
export interface ConnectionSettings {
  /** Where the admin server is: `http://127.0.0.1:9443`. */
  readonly url: string;
  /** What it was started with in `--admin-token-file`. */
  readonly token?: string | undefined;
  /** How whoever is told that nobody answers can name another server; messages end with it. */
  readonly advice?: string;
  /** How long an answer may take to begin, in ms; default 30 s. */
  readonly patienceMs?: Millis;
}

const USUAL_PATIENCE_MS: Millis = 30_000;

/** One request. */
export interface Asked {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/api/v1`, its parts encoded. */
  readonly path: string;
  /** What is `undefined` is left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Asks one server. */
export class Asking {
  readonly #root: URL;
  readonly #token: string | undefined;
  readonly #advice: string | undefined;
  readonly #patienceMs: Millis;

  /** @throws UsageError E_ADDRESS_INVALID the URL is none */
  constructor({ url, token, advice, patienceMs = USUAL_PATIENCE_MS }: ConnectionSettings) {
    if (!/^https?:\/\//u.test(url) || !URL.canParse(url))
      throw refusedUrl(url, "expected a URL such as http://127.0.0.1:9443");
    this.#root = new URL(url);
    this.#token = token;
    this.#advice = advice;
    this.#patienceMs = patienceMs;
    if (`${this.#root.username}${this.#root.password}` !== "")
      throw refusedUrl(url, "expected no user or password in it, but a token apart from it");
  }

  /** Says that nobody answers, and why. */
  unreachable(error: unknown): EmulatorError {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = reasonOf(cause);
    const advice = this.#advice === undefined ? "" : `; ${this.#advice}`;
    const message = `found no server at ${this.#root.origin} (${reason}), expected a running idlewall serve${advice}`;
    return new EmulatorError("E_API_UNREACHABLE", message, { cause: error });
  }

  /** Says that something else answers. */
  #foreign({ status, headers }: Response): EmulatorError {
    const type = headers.get("content-type")?.split(";")[0];
    const what = type === undefined ? `HTTP ${status}` : `HTTP ${status}, ${type}`;
    const advice = this.#advice === undefined ? "" : `; ${this.#advice}`;
    const message = `found another server at ${this.#root.origin} (${what}), expected a running idlewall serve${advice}`;
    return new EmulatorError("E_API_UNREACHABLE", message);
  }

  /**
   * Asks, and gives the answer when it is no problem.
   * @throws EmulatorError E_API_UNREACHABLE nobody answers there, or something else than idlewall
   * @throws ApiError E_API_REFUSED what the server says against it
   */
  async ask(asked: Asked): Promise<Response> {
    const answer = await this.#send(asked);
    if (!answer.ok) throw this.#refusal(answer, await this.#text(answer, asked.signal));
    if (answer.headers.get(API_MARK.name) === API_MARK.value) return answer;
    await answer.body?.cancel();
    throw this.#foreign(answer);
  }

  /**
   * Asks, and gives the JSON of the answer.
   * @throws EmulatorError E_API_UNREADABLE
   */
  async json<Resource>(shape: Shape<Resource>, asked: Asked): Promise<Resource> {
    return this.read(shape, await this.#text(await this.ask(asked), asked.signal), asked.path);
  }

  /** What is no problem details comes from something else than this API, such as a proxy before it. */
  #refusal(answer: Response, text: string): EmulatorError {
    const value = jsonIn(text);
    return isProblem(value) ? new ApiError(answer.status, value.detail, value.errors ?? []) : this.#foreign(answer);
  }

  /** Of an answer that breaks off nothing is known. */
  async #text(answer: Response, signal: AbortSignal | undefined): Promise<string> {
    try {
      return await answer.text();
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw this.unreachable(error);
    }
  }

  /**
   * Reads what was answered at a path.
   * @throws EmulatorError E_API_UNREADABLE it is no JSON, or has not the shape that this version knows
   */
  read<Resource>(shape: Shape<Resource>, text: string, path: string): Resource {
    const value = jsonIn(text);
    if (shape.fits(value)) return value;
    const at = `found an answer of ${this.#root.origin} to ${path} that this version can't read`;
    const fault = value === undefined ? "it is no JSON" : shape.fault(value);
    const message = `${at} (${fault}), expected an idlewall of the same version there`;
    throw new EmulatorError("E_API_UNREADABLE", message);
  }

  /** Asks, and waits for nothing but the end of it. */
  async done(asked: Asked): Promise<void> {
    const answer = await this.ask(asked);
    await answer.body?.cancel();
  }

  async #send({ method = "GET", path, query = {}, body, headers = {}, signal }: Asked): Promise<Response> {
    const url = new URL(`${this.#root.pathname.replace(/\/$/u, "")}/api/v1${path}`, this.#root);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`);
    const impatience = new AbortController();
    const timer = setTimeout(() => {
      impatience.abort(new Error(`no answer in ${this.#patienceMs / 1000} s`));
    }, this.#patienceMs);
    try {
      return await fetch(url, {
        method,
        headers: {
          ...headers,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal === undefined ? impatience.signal : AbortSignal.any([signal, impatience.signal]),
        redirect: "error",
      });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw this.unreachable(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** `undefined` is no JSON, and no shape fits it. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusedUrl(url: unknown, expected: string): UsageError {
  const found = `found the server ${JSON.stringify(withoutCredentials(String(url)))}`;
  return new UsageError("E_ADDRESS_INVALID", `${found}, ${expected}`);
}

/** Why nobody answers, on one line: OpenSSL tells of a peer without TLS in its own words. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if ("code" in cause && NO_TLS_CODES.has(cause.code)) return "what listens there speaks no TLS";
  return cause.message.replaceAll(/\s+/gu, " ").trim();
}

const NO_TLS_CODES: ReadonlySet<unknown> = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"]);

/** Others have problem details too (RFC 9457), with an `errors` of their own or none. */
function isProblem(value: unknown): value is Pick<ProblemResource, "detail" | "errors"> {
  if (typeof value !== "object" || value === null || !("detail" in value)) return false;
  const errors: unknown = "errors" in value ? value.errors : [];
  return typeof value.detail === "string" && Array.isArray(errors) && errors.every(isFault);
}

function isFault(value: unknown): boolean {
  return typeof value === "object" && value !== null && "detail" in value && typeof value.detail === "string";
}
