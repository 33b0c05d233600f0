import type { Socket } from "node:net";
import type { Machine, Millis } from "../../core/machine.ts";
import type { Ending, Endings } from "../../path/condition.ts";
import type { PathEvent } from "../../path/path-effect.ts";
import type { Path } from "../../path/path.ts";
import type { Direction, Segment } from "../../path/segment.ts";
import type { Enforcer, Heard } from "./enforcer.ts";
import { type FlowTuple, tupleOf } from "./flow-tuple.ts";
import { KeepaliveWatch } from "./keepalive-watch.ts";

/** How a listener's flows are enforced. */
export interface FlowEnforcementOptions {
  readonly enforcer: Enforcer;
  /** Emulated seconds in a real one. */
  readonly timeScale: number;
  /** Whether conditions of the path are refreshed by keepalive probes, which only the kernel sees. */
  readonly heedsKeepalives: boolean;
}

/** One flow as the kernel is to treat it: its device's connection, and its server's once there is one. */
export class FlowEnforcement {
  readonly #options: FlowEnforcementOptions;
  readonly #enforcer: Enforcer;
  /** By the direction that travels to that end. */
  readonly #tuples = new Map<Direction, FlowTuple>();
  readonly #silenced = new Set<Direction>();
  #ended = false;

  constructor(options: FlowEnforcementOptions, device: Socket) {
    this.#options = options;
    this.#enforcer = options.enforcer;
    this.#add("toDevice", tupleOf(device));
  }

  /** The flow has a connection of its own to the server. */
  serverConnected(server: FlowTuple | undefined): void {
    this.#add("toServer", server);
  }

  /** The flow's machine with its ears in the kernel, where the path heeds keepalives. */
  watch<Payload, Effect>(
    path: Path<Payload>,
    machine: Machine<PathEvent<Payload>, Effect>,
    wake: () => void,
  ): Machine<PathEvent<Payload>, Effect> {
    const { heedsKeepalives, timeScale } = this.#options;
    if (!heedsKeepalives) return machine;
    const keepaliveDue = (now: Millis): boolean => path.keepaliveDue(now);
    return new KeepaliveWatch({ path: machine, keepaliveDue, heard: () => this.#heard(), timeScale, wake });
  }

  /** A condition ended the flow. */
  ended({ toDevice, toServer }: Endings): void {
    this.#ended = true;
    this.#unwatch();
    this.#silence("toDevice", toDevice);
    this.#silence("toServer", toServer);
  }

  /**
   * Holds back a FIN or an RST of another hop to an end that was silenced: `then` runs when it can pass.
   * False when there is nothing to wait for.
   */
  holds({ kind, direction }: Segment, then: () => void): boolean {
    const tuple = this.#tuples.get(direction);
    if (kind === "data" || tuple === undefined || !this.#silenced.delete(direction)) return false;
    void this.#enforcer.lift(tuple).then(then);
    return true;
  }

  /** Nothing of the flow is left here. */
  release(): void {
    if (!this.#ended) this.#unwatch();
    for (const tuple of this.#tuples.values()) this.#enforcer.release(tuple);
  }

  /** What a device sends travels to the server. */
  async #heard(): Promise<Heard> {
    const { toDevice: device, toServer: server } = Object.fromEntries(this.#tuples);
    const ago = async (tuple: FlowTuple | undefined): Promise<Millis | undefined> =>
      tuple === undefined ? undefined : this.#enforcer.heardAgoMs(tuple);
    const [fromDevice, fromServer] = await Promise.all([ago(device), ago(server)]);
    return {
      ...(fromDevice !== undefined && { toServer: fromDevice }),
      ...(fromServer !== undefined && { toDevice: fromServer }),
    };
  }

  #add(direction: Direction, tuple: FlowTuple | undefined): void {
    if (tuple === undefined || this.#ended) return;
    this.#tuples.set(direction, tuple);
    if (this.#options.heedsKeepalives) this.#enforcer.watch(tuple);
  }

  #unwatch(): void {
    if (this.#options.heedsKeepalives) for (const tuple of this.#tuples.values()) this.#enforcer.unwatch(tuple);
  }

  #silence(direction: Direction, ending: Ending): void {
    const tuple = this.#tuples.get(direction);
    if (tuple === undefined || (ending !== "drop" && ending !== "reset-on-next")) return;
    this.#silenced.add(direction);
    void this.#enforcer.silence(tuple, ending);
  }
}
