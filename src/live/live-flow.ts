import type { Millis } from "../core/machine.ts";
import type { Random } from "../core/random.ts";
import type { PathFlow } from "../path/path-hop.ts";
import type { DeviceLeg } from "./device-leg.ts";
import type { FlowEnforcement } from "./enforcement/flow-enforcement.ts";
import type { FlowHandler } from "./flow-handler.ts";

/** What a flow is made of; its leg joins it when it is made. */
export interface LiveFlowOptions {
  readonly id: number;
  /** In emulated ms. */
  readonly createdAt: Millis;
  /** The device's address. */
  readonly source: string | undefined;
  /** Whether requests will be seen on it. */
  readonly http: boolean;
  /** The flow's chances are forked from these, by its number among those that drew from them. */
  readonly chances: Random;
  readonly number: number;
  readonly handler: FlowHandler;
  readonly enforcement: FlowEnforcement | undefined;
}

/** A flow of which something is left, as its front and its conditions know it. */
export class LiveFlow implements PathFlow {
  readonly id: number;
  readonly createdAt: Millis;
  readonly source: string | undefined;
  readonly http: boolean;
  readonly handler: FlowHandler;
  readonly enforcement: FlowEnforcement | undefined;
  readonly #chances: Random;
  readonly #number: number;
  #random: Random | undefined;
  #leg: DeviceLeg | undefined;

  constructor(options: LiveFlowOptions) {
    this.id = options.id;
    this.createdAt = options.createdAt;
    this.source = options.source;
    this.http = options.http;
    this.handler = options.handler;
    this.enforcement = options.enforcement;
    this.#chances = options.chances;
    this.#number = options.number;
  }

  /** Made when a condition first draws: most never do. */
  get random(): Random {
    return (this.#random ??= this.#chances.fork(`flow ${this.#number}`));
  }

  get leg(): DeviceLeg {
    if (this.#leg === undefined) throw new Error("a flow was used before its leg was there");
    return this.#leg;
  }

  join(leg: DeviceLeg): void {
    this.#leg = leg;
  }

  wake(): void {
    this.#leg?.path.settle();
  }
}
