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

/** Where a Prometheus runs: what starts its program there, and how its API is asked from here. */
export interface Place {
  /** The command before its own, such as `ip netns exec NAME`. */
  readonly launcher: readonly string[];
  /** Fetches a URL and gives the body. */
  readonly fetchText: (url: string) => Promise<string>;
}

const HERE: Place = { launcher: [], fetchText: async (url) => await (await fetch(url)).text() };

/** The Prometheus of Debian, with a folder and a free port of its own. */
export class RunningPrometheus implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #place: Place;

  private constructor(child: ChildProcess, url: string, place: Place) {
    this.#child = child;
    this.#url = url;
    this.#place = place;
  }

  /** Starts one with this configuration, and waits until it is ready. */
  static async start(configuration: string, data: string, place = HERE): Promise<RunningPrometheus> {
    const places = [`--config.file=${configuration}`, `--storage.tsdb.path=${data}`];
    const others = ["--web.listen-address=127.0.0.1:0", "--enable-feature=exemplar-storage"];
    const [program = "", ...words] = [...place.launcher, "prometheus", ...places, ...others];
    const child = spawn(program, words, { stdio: ["ignore", "ignore", "pipe"] });
    const url = await new Promise<string>((resolve, reject) => {
      let told = "";
      child.once("error", reject).once("exit", () => reject(new Error(`Prometheus ended:\n${told}`)));
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        told += text;
        const [, address] = /"Listening on" address=(\S+)/u.exec(told) ?? [];
        if (address !== undefined && told.includes("Server is ready")) resolve(`http://${address}/api/v1`);
      });
    });
    return new RunningPrometheus(child, url, place);
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
  async get(path: string): Promise<unknown> {
    const answer: unknown = JSON.parse(await this.#place.fetchText(`${this.#url}/${path}`));
    return ANSWER.parse(answer).data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.kill("SIGKILL")) await once(this.#child, "exit");
  }
}
