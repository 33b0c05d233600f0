import type { Emulator, Listener } from "../emulator.ts";
import type { Profile } from "../../path/hop.ts";
import type { ProxyChange } from "./proxy-request.ts";
import { type Toxic, type ToxicJson, inOrderOfChains, toxicJson } from "./toxic.ts";
import { hopNameOf, hopsOf, isToxicHop } from "./toxic-hops.ts";

/** A proxy as its clients see it, its fields in the order of Toxiproxy's. */
export interface ProxyJson {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly toxics: readonly ToxicJson[];
}

/**
 * A `tcp` listener as a proxy of Toxiproxy: its toxics are hops of the listener's profile.
 * Whoever else puts another profile in force takes the toxics away with their hops.
 */
export class ToxicProxy {
  readonly #emulator: Emulator;
  #listener: Listener;
  /** In order of creation. */
  #toxics: readonly Toxic[] = [];
  #inForce: Profile;
  /** Where it listens, or would: as asked until it is taken, as taken from then on. */
  #listen: string;
  /** As asked, and what the listener made of it. */
  #upstream: { readonly asked: string; readonly target: string };

  constructor(listener: Listener, emulator: Emulator, asked?: { readonly listen: string; readonly upstream: string }) {
    const { address, target, profile } = listener;
    this.#emulator = emulator;
    this.#listener = listener;
    this.#inForce = profile;
    this.#listen = asked?.listen ?? addressText(address);
    this.#upstream = { asked: asked?.upstream ?? target, target };
  }

  /** Goes on with the listener of its name as it is now. */
  meet(listener: Listener): this {
    this.#listener = listener;
    return this;
  }

  get listen(): string {
    if (this.#listener.enabled) this.#listen = addressText(this.#listener.address);
    return this.#listen;
  }

  get upstream(): string {
    const { target } = this.#listener;
    if (this.#upstream.target !== target) this.#upstream = { asked: target, target };
    return this.#upstream.asked;
  }

  get enabled(): boolean {
    return this.#listener.enabled;
  }

  /** In order of creation. */
  get toxics(): readonly Toxic[] {
    const { profile } = this.#listener;
    if (profile !== this.#inForce) {
      const names = new Set(profile.hops.map(({ name }) => name));
      this.#toxics = this.#toxics.filter((toxic) => names.has(hopNameOf(toxic)));
      this.#inForce = profile;
    }
    return this.#toxics;
  }

  toJson(): ProxyJson {
    const { listen, upstream, enabled } = this;
    return {
      name: this.#listener.name,
      listen,
      upstream,
      enabled,
      toxics: inOrderOfChains(this.toxics).map(toxicJson),
    };
  }

  /** Puts toxics in force, for the connections that are there too. */
  setToxics(toxics: readonly Toxic[]): void {
    for (const gone of this.toxics.filter(({ name }) => !toxics.some((toxic) => toxic.name === name)))
      if (gone.type === "timeout") this.#closeConnectionsUnder(gone);
    const { profile } = this.#listener;
    const hops = [...hopsOf(toxics), ...profile.hops.filter((hop) => !isToxicHop(hop))];
    this.#listener.setProfile({ ...profile, hops }, "all");
    this.#toxics = toxics;
    this.#inForce = this.#listener.profile;
  }

  /**
   * Listens elsewhere, calls another upstream, stops or starts, as Toxiproxy does it: a change of address stops it first,
   * and what can't be started again stays stopped with the new address.
   * @throws StartError or UsageError why it can't
   */
  async change({ listen, upstream, enabled }: ProxyChange): Promise<void> {
    if (listen !== this.listen || upstream !== this.upstream) {
      await this.#setEnabled(false);
      await this.#listener.update({ listen, target: upstream });
      this.#listen = listen;
      this.#upstream = { asked: upstream, target: this.#listener.target };
    }
    await this.#setEnabled(enabled);
  }

  async #setEnabled(enabled: boolean): Promise<void> {
    if (enabled !== this.enabled) await this.#listener.setEnabled(enabled);
  }

  /** What a `timeout` swallowed is lost, so its connections can't go on without it. Source: Toxiproxy, `toxics/timeout.go`. */
  #closeConnectionsUnder(toxic: Toxic): void {
    const hopName = hopNameOf(toxic);
    for (const { id, listener, hops } of this.#emulator.flows()) {
      if (listener !== this.#listener.name) continue;
      if (hops.some(({ hop, active }) => hop === hopName && active)) this.#emulator.endFlow(id, "close");
    }
  }
}

function addressText({ host, port }: Listener["address"]): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
