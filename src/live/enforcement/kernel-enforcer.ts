import type { Millis } from "../../core/machine.ts";
import { StartError } from "../../errors.ts";
import type { Enforcer, Silence } from "./enforcer.ts";
import { type FlowTuple, tupleKey } from "./flow-tuple.ts";
import { KernelHearing } from "./kernel-hearing.ts";
import { runNft, runNftNow } from "./nft.ts";
import { NftSession } from "./nft-session.ts";
import { freeTableName, ownerComment, sweepTables } from "./nft-owner.ts";
import { elementLines, tableScript } from "./nft-table.ts";

/** What a kernel enforcer is made of. */
export interface KernelEnforcerOptions {
  /** Told when nft fails while it runs: what it was asked did not happen, and flows are treated as without it. */
  failed(error: Error): void;
  /** How long a released flow stays silenced, in real ms; default 20 min. */
  readonly lingerMs?: Millis;
}

/**
 * How long a released flow stays silenced by default, in real ms: as long as Linux goes on sending at most to a peer
 * that does not answer, and more. Source: ip-sysctl, `tcp_retries2` (924.6 s).
 */
const LINGER_MS = 20 * 60 * 1000;

/**
 * Readies the kernel to enforce expiry: a table of ours in nftables, made now, removed by `stop` or when the process
 * exits, and swept at the next start after a crash.
 * @throws StartError E_ENFORCE_UNAVAILABLE no Linux, no nft, or no right to it (root or CAP_NET_ADMIN)
 */
export async function startKernelEnforcer(options: KernelEnforcerOptions): Promise<KernelEnforcer> {
  return refusing(async () => {
    await sweepTables();
    const table = await freeTableName();
    await runNft(["-f", "-"], tableScript(table, ownerComment()));
    return new KernelEnforcer(table, performance.now(), options);
  });
}

/**
 * Finds out whether the kernel could be made to enforce expiry, and changes nothing.
 * @throws StartError E_ENFORCE_UNAVAILABLE no Linux, no nft, or no right to it (root or CAP_NET_ADMIN)
 */
export async function checkKernelEnforcement(): Promise<void> {
  await refusing(async () => runNft(["--check", "-f", "-"], tableScript("idlewall_check", ownerComment())));
}

/** Silences flows by sets of nftables. Changes that come while nft runs go into its next run, all in one transaction. */
export class KernelEnforcer implements Enforcer, AsyncDisposable {
  readonly table: string;
  readonly #options: KernelEnforcerOptions;
  readonly #silenced = new Map<string, NodeJS.Timeout | undefined>();
  #changes = new Changes();
  #flushing: Promise<void> | undefined;
  readonly #session: NftSession;
  readonly #hearing: KernelHearing;
  #failureCount = 0;
  #stopped = false;

  /** @param madeAt when the table was made, on this process's own clock */
  constructor(table: string, madeAt: Millis, options: KernelEnforcerOptions) {
    this.table = table;
    this.#options = options;
    this.#session = new NftSession();
    this.#hearing = new KernelHearing(this.#session, table, madeAt);
    process.once("exit", this.#removeNow);
  }

  get failureCount(): number {
    return this.#failureCount;
  }

  silence(flow: FlowTuple, how: Silence): Promise<void> {
    const key = tupleKey(flow);
    clearTimeout(this.#silenced.get(key));
    this.#silenced.set(key, undefined);
    return this.#change(() => this.#changes.silences.set(key, { flow, how }));
  }

  lift(flow: FlowTuple): Promise<void> {
    const key = tupleKey(flow);
    clearTimeout(this.#silenced.get(key));
    this.#silenced.delete(key);
    return this.#change(() => this.#changes.silences.set(key, { flow, how: undefined }));
  }

  release(flow: FlowTuple): void {
    const key = tupleKey(flow);
    if (!this.#silenced.has(key)) return;
    clearTimeout(this.#silenced.get(key));
    const timeout = setTimeout(() => void this.lift(flow), this.#options.lingerMs ?? LINGER_MS);
    this.#silenced.set(key, timeout.unref());
  }

  watch(flow: FlowTuple): void {
    void this.#change(() => this.#changes.watches.set(tupleKey(flow), { flow, watched: true }));
  }

  unwatch(flow: FlowTuple): void {
    void this.#change(() => this.#changes.watches.set(tupleKey(flow), { flow, watched: false }));
  }

  async heardAgoMs(flow: FlowTuple): Promise<Millis | undefined> {
    await this.#flush();
    try {
      return await this.#hearing.agoMs(flow);
    } catch (error) {
      if (!this.#stopped) this.#fail(error);
      return undefined;
    }
  }

  /** Removes the table: what was silenced crosses again. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    process.off("exit", this.#removeNow);
    for (const timeout of this.#silenced.values()) clearTimeout(timeout);
    await this.#flushing;
    this.#session.stop();
    await runNft(["delete", "table", "inet", this.table]).catch((error: unknown) => this.#fail(error));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #change(note: () => void): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    note();
    return this.#flush();
  }

  /** Resolves when everything noted so far has been done. */
  async #flush(): Promise<void> {
    const noted = this.#changes;
    while (this.#flushing !== undefined && !noted.begun) await this.#flushing;
    if (noted.begun) return noted.done;
    if (noted.empty || this.#stopped) return undefined;
    noted.done = this.#flushing = new Promise((resolve) => setImmediate(resolve)).then(() => this.#run(noted));
    noted.begun = true;
    return noted.done;
  }

  async #run(noted: Changes): Promise<void> {
    this.#changes = new Changes();
    try {
      await this.#session.run(noted.commands(this.table));
    } catch (error) {
      this.#fail(error);
    }
    this.#flushing = undefined;
  }

  #fail(error: unknown): void {
    this.#failureCount += 1;
    this.#options.failed(asError(error));
  }

  readonly #removeNow = (): void => runNftNow(["delete", "table", "inet", this.table]);
}

/** What is to be done in one transaction: the last word on each flow. */
class Changes {
  readonly silences = new Map<string, { readonly flow: FlowTuple; readonly how: Silence | undefined }>();
  readonly watches = new Map<string, { readonly flow: FlowTuple; readonly watched: boolean }>();
  begun = false;
  done: Promise<void> = Promise.resolve();

  get empty(): boolean {
    return this.silences.size === 0 && this.watches.size === 0;
  }

  commands(table: string): readonly string[] {
    const silences = [...this.silences.values()];
    const watches = [...this.watches.values()];
    const flowsWith = (wanted: Silence | undefined): readonly FlowTuple[] =>
      silences.filter(({ how }) => how === wanted).map(({ flow }) => flow);
    const watched = (wanted: boolean): readonly FlowTuple[] =>
      watches.filter((each) => each.watched === wanted).map(({ flow }) => flow);
    return [
      ...elementLines(table, "heard", "delete", watched(false)),
      ...elementLines(table, "heard", "add", watched(true)),
      ...elementLines(table, "dropped", "delete", flowsWith(undefined)),
      ...elementLines(table, "rejected", "delete", flowsWith(undefined)),
      ...elementLines(table, "dropped", "add", flowsWith("drop")),
      ...elementLines(table, "rejected", "add", flowsWith("reset-on-next")),
    ];
  }
}

async function refusing<Value>(attempt: () => Promise<Value>): Promise<Value> {
  const wanted = "expected Linux, the program nft, and root or CAP_NET_ADMIN";
  if (process.platform !== "linux")
    throw new StartError("E_ENFORCE_UNAVAILABLE", `--enforce kernel: found ${process.platform}, ${wanted}`);
  try {
    return await attempt();
  } catch (error) {
    throw new StartError("E_ENFORCE_UNAVAILABLE", `--enforce kernel: ${asError(error).message}, ${wanted}`, {
      cause: error,
    });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
