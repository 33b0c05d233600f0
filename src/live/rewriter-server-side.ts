import { type Outgoing, RewriterExchange, type RewriterExchangeEvents } from "./rewriter-exchange.ts";
import type { ServerConnection, WireBytes } from "./rewriter-pool.ts";
import { RewriterTunnel, type RewriterTunnelEvents } from "./rewriter-tunnel.ts";

/** Everything that one flow has open toward its backends: exchanges, and a tunnel once protocols were switched. */
export class RewriterServerSide {
  readonly #onIdle: () => void;
  readonly #open = new Set<RewriterExchange | RewriterTunnel>();
  #tunnel: RewriterTunnel | undefined;
  #closedBytes: WireBytes = { received: 0, sent: 0 };

  /** @param onIdle called when nothing is open any more; that may be several times */
  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  get idle(): boolean {
    return this.#open.size === 0;
  }

  get tunnel(): RewriterTunnel | undefined {
    return this.#tunnel;
  }

  /** Bytes on the backends' wires on behalf of this flow. */
  get bytes(): WireBytes {
    let { received, sent } = this.#closedBytes;
    for (const { bytes } of this.#open) {
      received += bytes.received;
      sent += bytes.sent;
    }
    return { received, sent };
  }

  beginExchange(outgoing: Outgoing, events: Omit<RewriterExchangeEvents, "closed">): RewriterExchange {
    const exchange: RewriterExchange = new RewriterExchange(outgoing, {
      ...events,
      closed: () => this.#close(exchange),
    });
    this.#open.add(exchange);
    return exchange;
  }

  beginTunnel(connection: ServerConnection, own: WireBytes, events: Omit<RewriterTunnelEvents, "closed">): void {
    const tunnel: RewriterTunnel = new RewriterTunnel(connection, own, {
      ...events,
      closed: () => this.#close(tunnel),
    });
    this.#open.add(tunnel);
    this.#tunnel = tunnel;
  }

  /** Ends what is open as a middlebox does: a bare FIN. */
  fin(): void {
    for (const each of this.#open) each.fin();
  }

  /** Takes away what is open with an RST. */
  reset(): void {
    for (const each of this.#open) each.reset();
  }

  #close(each: RewriterExchange | RewriterTunnel): void {
    const { received, sent } = each.bytes;
    if (!this.#open.delete(each)) return;
    this.#closedBytes = { received: this.#closedBytes.received + received, sent: this.#closedBytes.sent + sent };
    if (this.idle) this.#onIdle();
  }
}
