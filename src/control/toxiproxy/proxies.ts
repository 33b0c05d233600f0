import type { Emulator, Listener } from "../emulator.ts";
import type { Profile } from "../../path/hop.ts";
import { ApiError, proxyAlreadyExists, proxyNotFound, toxicNotFound } from "./api-error.ts";
import { listenText, sameListen, startError } from "./listen-text.ts";
import { type ProxyJson, ToxicProxy } from "./proxy.ts";
import { type ProxyRequest, readProxy, readProxies, readProxyChange } from "./proxy-request.ts";
import { type Toxic, type ToxicJson, changeToxic, inOrderOfChains, readToxic, toxicJson } from "./toxic.ts";

/** What a list of proxies came to: those that are there now, and what kept the rest from it. */
export interface Populated {
  readonly proxies: readonly ProxyJson[];
  readonly error: ApiError | undefined;
}

/**
 * Every `tcp` listener as a proxy of Toxiproxy. Changes are made one after the other, in the order in which they came,
 * so that of two that exclude each other exactly one is made.
 */
export class Proxies {
  readonly #emulator: Emulator;
  /** What is known of listeners beside themselves, by their names. */
  #known = new Map<string, ToxicProxy>();
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  list(): readonly ProxyJson[] {
    return this.#all().map((proxy) => proxy.toJson());
  }

  /** @throws ApiError 404 */
  show(name: string): ProxyJson {
    return this.#find(name).toJson();
  }

  /** @throws ApiError 400, 409 or 500 */
  create(body: string): Promise<ProxyJson> {
    return this.#inTurn(async () => {
      const asked = readProxy(body);
      return (await this.#add(asked)).toJson();
    });
  }

  /** Adds what is not there, replaces what listens or calls elsewhere, and keeps the rest with its toxics. */
  populate(body: string): Promise<Populated> {
    return this.#inTurn(async () => {
      const proxies: ProxyJson[] = [];
      try {
        for (const asked of readProxies(body)) proxies.push((await this.#addOrReplace(asked)).toJson());
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { proxies, error };
      }
      return { proxies, error: undefined };
    });
  }

  /** @throws ApiError 400, 404 or 500 */
  change(name: string, body: string): Promise<ProxyJson> {
    return this.#inTurn(async () => {
      const proxy = this.#find(name);
      const { listen, upstream, enabled } = proxy;
      const asked = readProxyChange(body, { listen, upstream, enabled });
      const wanted = sameListen(listen, asked.listen) ? listen : listenText(asked.listen);
      await starting(wanted, proxy.change({ ...asked, listen: wanted }));
      return proxy.toJson();
    });
  }

  /** @throws ApiError 404 */
  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#find(name);
      await this.#emulator.removeListener(name);
      this.#known.delete(name);
    });
  }

  /**
   * Starts every proxy and takes every toxic away.
   * @throws ApiError 500 a proxy can't start; those after it are left as they are
   */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      for (const proxy of this.#all()) {
        const { listen, upstream } = proxy;
        await starting(listen, proxy.change({ listen, upstream, enabled: true }));
        if (proxy.toxics.length > 0) proxy.setToxics([]);
      }
    });
  }

  /** @throws ApiError 404 */
  toxics(proxyName: string): readonly ToxicJson[] {
    return inOrderOfChains(this.#find(proxyName).toxics).map(toxicJson);
  }

  /** @throws ApiError 404 */
  toxic(proxyName: string, name: string): ToxicJson {
    return toxicJson(findToxic(this.#find(proxyName), name));
  }

  /** @throws ApiError 400, 404 or 409 */
  addToxic(proxyName: string, body: string): Promise<ToxicJson> {
    return this.#inTurn(() => {
      const proxy = this.#find(proxyName);
      const toxic = readToxic(body, (name) => proxy.toxics.some((each) => each.name === name));
      proxy.setToxics([...proxy.toxics, toxic]);
      return toxicJson(toxic);
    });
  }

  /** @throws ApiError 400 or 404 */
  changeToxic(proxyName: string, name: string, body: string): Promise<ToxicJson> {
    return this.#inTurn(() => {
      const proxy = this.#find(proxyName);
      const present = findToxic(proxy, name);
      const changed = changeToxic(present, body);
      proxy.setToxics(proxy.toxics.map((toxic) => (toxic === present ? changed : toxic)));
      return toxicJson(changed);
    });
  }

  /** @throws ApiError 404 */
  removeToxic(proxyName: string, name: string): Promise<void> {
    return this.#inTurn(() => {
      const proxy = this.#find(proxyName);
      const gone = findToxic(proxy, name);
      proxy.setToxics(proxy.toxics.filter((toxic) => toxic !== gone));
    });
  }

  async #add({ name, listen: asked, upstream, enabled }: ProxyRequest): Promise<ToxicProxy> {
    if (this.#emulator.listener(name) !== undefined) throw proxyAlreadyExists();
    const listen = listenText(asked);
    const settings = { name, listen, target: upstream, profile: NO_TOXICS, enabled };
    const listener = await starting(listen, this.#emulator.addTcpListener(settings));
    const proxy = new ToxicProxy(listener, this.#emulator, { listen, upstream });
    this.#known.set(name, proxy);
    return proxy;
  }

  async #addOrReplace(asked: ProxyRequest): Promise<ToxicProxy> {
    const listener = this.#emulator.listener(asked.name);
    if (listener?.type !== "tcp") return this.#add(asked);
    const present = this.#meet(listener);
    if (sameListen(present.listen, asked.listen) && present.upstream === asked.upstream) return present;
    const listen = listenText(asked.listen);
    if (present.toxics.length > 0) present.setToxics([]);
    await starting(listen, present.change({ ...asked, listen }));
    return present;
  }

  #all(): readonly ToxicProxy[] {
    const listeners = this.#emulator.listeners().filter(({ type }) => type === "tcp");
    this.#known = new Map(listeners.map((listener) => [listener.name, this.#meet(listener)]));
    return [...this.#known.values()];
  }

  #find(name: string): ToxicProxy {
    const listener = this.#emulator.listener(name);
    if (listener?.type !== "tcp") throw proxyNotFound();
    return this.#meet(listener);
  }

  /** A listener that others made begins to be known when it is first met. */
  #meet(listener: Listener): ToxicProxy {
    const proxy = this.#known.get(listener.name)?.meet(listener) ?? new ToxicProxy(listener, this.#emulator);
    this.#known.set(listener.name, proxy);
    return proxy;
  }

  #inTurn<Result>(change: () => Result | Promise<Result>): Promise<Result> {
    const made = this.#lastChange.then(change);
    this.#lastChange = made.catch(() => undefined);
    return made;
  }
}

/** The path of a proxy without toxics. */
const NO_TOXICS: Profile = {
  name: "toxiproxy",
  title: "The toxics of a proxy",
  source: "the Toxiproxy API",
  hops: [],
};

function findToxic({ toxics }: ToxicProxy, name: string): Toxic {
  const found = toxics.find((toxic) => toxic.name === name);
  if (found === undefined) throw toxicNotFound();
  return found;
}

/** Waits for a start, and says in the words of the API why there is none. */
async function starting<Started>(listen: string, started: Promise<Started>): Promise<Started> {
  try {
    return await started;
  } catch (cause) {
    throw startError(cause, listen);
  }
}
