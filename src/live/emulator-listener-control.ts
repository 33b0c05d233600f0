import { UsageError } from "../errors.ts";
import type { Profile } from "../path/hop.ts";
import { formatAddress } from "./address.ts";
import type { EmulatedListener } from "./emulated-listener.ts";
import type { EmulatorCore } from "./emulator-core.ts";
import type { ChangeAuthor } from "./emulator-events.ts";
import { type ListenerPlan, planTcpListener, samePlace } from "./emulator-plan.ts";

/** What a `tcp` listener is to become; what is left out stays. */
export interface ListenerUpdate {
  /** `HOST:PORT`, `[::1]:PORT`, `:PORT`; port 0 takes any free one. */
  readonly listen?: string | undefined;
  /** `HOST:PORT`. */
  readonly target?: string | undefined;
  readonly enabled?: boolean | undefined;
}

/** One listener in the hands of one who may change it. */
export class ListenerControl {
  readonly #core: EmulatorCore;
  readonly #listener: EmulatedListener;
  readonly #by: ChangeAuthor;

  /** @internal */
  constructor(core: EmulatorCore, listener: EmulatedListener, by: ChangeAuthor) {
    this.#core = core;
    this.#listener = listener;
    this.#by = by;
  }

  get name(): string {
    return this.#listener.name;
  }

  get type(): "https" | "tcp" {
    return this.#listener.type;
  }

  /** As taken; `::` stands for every address of this machine. */
  get address(): { readonly host: string; readonly port: number } {
    const { host = "::", port } = this.#listener.address;
    return { host, port };
  }

  get target(): string {
    return this.#listener.plan.target;
  }

  get enabled(): boolean {
    return this.#listener.enabled;
  }

  /** What new flows get. */
  get profile(): Profile {
    return this.#listener.profile;
  }

  get flowCount(): number {
    return this.#listener.flowCount;
  }

  /** @throws UsageError E_PROFILE_INVALID the profile answers in HTTP, and the listener is a `tcp` one */
  setProfile(profile: Profile, flows: "new" | "all"): void {
    this.#listener.setProfile(profile, flows);
    this.#note(`profile ${profile.name} is in force for ${flows === "all" ? "all" : "new"} flows`);
  }

  /**
   * `false` ends its flows with an RST and frees the port, `true` listens again.
   * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
   */
  setEnabled(enabled: boolean): Promise<void> {
    return this.#core.alone(async () => {
      this.#checkThere();
      if (enabled === this.enabled) return;
      if (enabled) await this.#listener.listen();
      else await this.#listener.disable();
      this.#listener.open();
      this.#note(enabled ? "it listens again" : "it was disabled");
    });
  }

  /**
   * Listens elsewhere or calls another target, and listens again or no more where that is asked for too; ends its flows.
   * Nothing changes when the new address can't be had.
   * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
   * @throws UsageError E_ADDRESS_INVALID, or E_USAGE for a listener that is none of any TCP
   */
  update(change: ListenerUpdate): Promise<void> {
    return this.#core.alone(async () => {
      this.#checkThere();
      if (this.type !== "tcp")
        throw new UsageError("E_USAGE", `found the ${this.type} listener ${this.name}, expected a tcp one`);
      const { name, profile } = this;
      const { listen = formatAddress(this.#listener.address), target = this.target, enabled = this.enabled } = change;
      await this.#restart(planTcpListener({ name, listen, target, profile, enabled }));
      const place = `${formatAddress(this.#listener.address)}, to ${this.target}`;
      this.#note(enabled ? `it listens on ${place}` : `it is disabled; once enabled it listens on ${place}`);
    });
  }

  async #restart(plan: ListenerPlan): Promise<void> {
    const { address, plan: old } = this.#listener;
    const stays = plan.enabled === this.enabled && samePlace({ ...old, listen: address }, plan);
    if (stays) return this.#listener.restart(plan);
    return this.#listener.move(plan);
  }

  #checkThere(): void {
    if (this.#core.listeners.get(this.name) === this.#listener) return;
    throw new UsageError("E_USAGE", `found the listener ${this.name}, which was removed`);
  }

  #note(what: string): void {
    this.#core.note(this.#by, `listener ${this.name}: ${what}`, this.name);
  }
}
