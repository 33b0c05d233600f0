import type { DeviceIdentity, Exchange, HeartbeatEvent } from "../heartbeat/events.ts";
import type { FlowEvent } from "../path/flow-event.ts";
import type { StageView } from "../path/stage-view.ts";
import { deviceHash } from "./device-hash.ts";
import type { FlowBytes } from "./flow-handler.ts";
import type { LiveFlow } from "./live-flow.ts";

/** One flow as it stands. */
export interface FlowView {
  readonly id: number;
  readonly listener: string;
  /** Whether a reload took its listener away; another one may have that name by now, and does not reach it. */
  readonly leaving: boolean;
  /** Hash of its device, once that is known. */
  readonly device: string | undefined;
  readonly deviceType: string | undefined;
  /** Emulated ms since the start. */
  readonly openedAt: number;
  readonly ageMs: number;
  readonly bytes: FlowBytes;
  /** The request that waits on it. */
  readonly parked:
    | {
        readonly command: string;
        readonly heartbeatIntervalSeconds: number | undefined;
        readonly sinceMs: number;
      }
    | undefined;
  readonly hops: readonly StageView[];
  /** The hop that ended it. */
  readonly endedBy: string | undefined;
}

/** What requests tell of the flows that are there: whose they are, and what waits on them. */
export class FlowBook {
  readonly #pages = new Map<number, Page>();

  observeHeartbeat(event: HeartbeatEvent): void {
    if (event.kind === "asked") return this.#asked(event.exchange);
    if (event.kind !== "ended") return;
    const page = this.#pages.get(event.exchange.flowId);
    if (page !== undefined) page.waiting = page.waiting.filter(({ id }) => id !== event.exchange.id);
  }

  observeFlow(event: FlowEvent): void {
    if (event.kind === "closed") this.#pages.delete(event.flowId);
  }

  /** Shows a flow as it stands at an instant, in emulated ms. */
  view(
    { id, createdAt, handler, leg }: LiveFlow,
    { listener, leaving }: Pick<FlowView, "listener" | "leaving">,
    now: number,
  ): FlowView {
    const page = this.#pages.get(id);
    const [parked] = page?.waiting ?? [];
    return {
      id,
      listener,
      leaving,
      device: this.deviceOf({ id, leg }),
      deviceType: leg.path.facts.deviceType ?? page?.device.deviceType,
      openedAt: createdAt,
      ageMs: now - createdAt,
      bytes: handler.bytes,
      parked: parked && {
        command: parked.command,
        heartbeatIntervalSeconds: parked.heartbeatIntervalSeconds,
        sinceMs: now - parked.askedAt,
      },
      hops: leg.path.inspect(),
      endedBy: leg.path.endedBy,
    };
  }

  /** The hash of the device that a flow is known to be of. */
  deviceOf({ id, leg }: Pick<LiveFlow, "id" | "leg">): string | undefined {
    const { deviceId, user = "" } = leg.path.facts;
    const device = this.#pages.get(id)?.device ?? (deviceId === undefined ? undefined : { deviceId, user });
    return device === undefined ? undefined : deviceHash(device);
  }

  #asked(exchange: Exchange): void {
    const { flowId, device } = exchange;
    const page = this.#pages.get(flowId);
    if (page === undefined) this.#pages.set(flowId, { device, waiting: [exchange] });
    else {
      page.device = device;
      page.waiting = [...page.waiting, exchange];
    }
  }
}

/** There is one for each flow that has ever parked a request: small, and nothing in it that can be reckoned. */
interface Page {
  device: DeviceIdentity;
  waiting: readonly Exchange[];
}
