import { API_MARK } from "../control/api/api-mark.ts";
import type { Shape } from "../control/api/shape.ts";
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
}

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

  /** @throws UsageError E_ADDRESS_INVALID the URL is none */
  constructor({ url, token, advice }: ConnectionSettings) {
    if (!/^https?:\/\//u.test(url) || !URL.canParse(url))
      throw refusedUrl(url, "expected a URL such as http://127.0.0.1:9443");
    this.#root = new URL(url);
    this.#token = token;
    this.#advice = advice;
    if (`${this.#root.username}${this.#root.password}` !== "")
      throw refusedUrl(url, "expected no user or password in it, but a token apart from it");
  }

  /** Says that nobody answers, and why. */
  unreachable(error: unknown): EmulatorError {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = this.#advice === undefined ? "" : `; ${this.#advice}`;
    const message = `found no server at ${this.#root.origin} (${reason}), expected a running idlewall serve${advice}`;
    return new EmulatorError("E_API_UNREACHABLE", message, { cause: error });
  }

  /** Says that something else answers. */
  #foreign({ status, headers }: Response): EmulatorError {
    const what = [`HTTP ${status}`, ...(headers.get("content-type") ?? "").split(";").slice(0, 1)].join(", ");
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
    if (!answer.ok) throw refusal(answer.status, await this.#text(answer, asked.signal));
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
    try {
      return await fetch(url, {
        method,
        headers: {
          ...headers,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal !== undefined && { signal }),
        redirect: "error",
      });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw this.unreachable(error);
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

function refusal(status: number, text: string): ApiError {
  const { detail, errors = [] } = problemIn(text, status);
  return new ApiError(status, detail, errors);
}

/** What is no problem details comes from something else than this API, such as a proxy before it. */
function problemIn(text: string, status: number): Pick<ProblemResource, "detail" | "errors"> {
  try {
    const value: unknown = JSON.parse(text);
    if (isProblem(value)) return value;
  } catch {
    // No JSON: what follows says so.
  }
  return { detail: `found the answer ${status} without a reason, expected one of idlewall's admin server` };
}

/** Others have problem details too (RFC 9457), with an `errors` of their own or none. */
function isProblem(value: unknown): value is Pick<ProblemResource, "detail" | "errors"> {
  if (typeof value !== "object" || value === null || !("detail" in value)) return false;
  const errors: unknown = "errors" in value ? value.errors : [];
  return typeof value.detail === "string" && Array.isArray(errors) && errors.every(isFault);
}

function isFault(value: unknown): boolean {
  return typeof value === "object" && value !== null && "detail" in value && typeof value.detail === "string";
}
