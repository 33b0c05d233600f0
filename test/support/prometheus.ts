import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";

const ANSWER = z.object({ status: z.literal("success"), data: z.unknown() });
const VECTOR = z.object({
  resultType: z.literal("vector"),
  result: z.array(
    z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]).readonly() }),
  ),
});
const ALERTS = z.object({
  alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.enum(["pending", "firing"]) })),
});
const RULES = z.object({
  groups: z.array(
    z.object({ rules: z.array(z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })) }),
  ),
});

/** A series and its value now. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The Prometheus of Debian, with a folder and a free port of its own. */
export class RunningPrometheus implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  /** Starts one with this configuration, and waits until it is ready. */
  static async start(configuration: string, data: string): Promise<RunningPrometheus> {
    const places = [`--config.file=${configuration}`, `--storage.tsdb.path=${data}`];
    const others = ["--web.listen-address=127.0.0.1:0", "--enable-feature=exemplar-storage"];
    const child = spawn("prometheus", [...places, ...others], { stdio: ["ignore", "ignore", "pipe"] });
    const url = await new Promise<string>((resolve, reject) => {
      let told = "";
      child.once("error", reject).once("exit", () => reject(new Error(`Prometheus ended:\n${told}`)));
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        told += text;
        const [, address] = /"Listening on" address=(\S+)/u.exec(told) ?? [];
        if (address !== undefined && told.includes("Server is ready")) resolve(`http://${address}/api/v1`);
      });
    });
    return new RunningPrometheus(child, url);
  }

  /** What an expression gives now. */
  async query(expression: string): Promise<readonly Sample[]> {
    const { result } = VECTOR.parse(await this.get(`query?query=${encodeURIComponent(expression)}`));
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }

  /** The names of the alerts that fire now. */
  async firing(): Promise<readonly string[]> {
    const { alerts } = ALERTS.parse(await this.get("alerts"));
    return alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels["alertname"] ?? "");
  }

  /** All rules, each with what ails it. */
  async rules(): Promise<readonly { readonly name: string; readonly health: string; readonly lastError?: string }[]> {
    const { groups } = RULES.parse(await this.get("rules"));
    return groups.flatMap(({ rules }) =>
      rules.map(({ name, health, lastError }) => ({ name, health, ...(lastError !== undefined && { lastError }) })),
    );
  }

  /** What its API answers at a path below `/api/v1/`. */
  async get(place: string): Promise<unknown> {
    const answer: unknown = await (await fetch(`${this.#url}/${place}`)).json();
    return ANSWER.parse(answer).data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.kill("SIGKILL")) await once(this.#child, "exit");
  }
}
