import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { type Place, RunningPrometheus } from "./prometheus.ts";
import { inLessTime, PROMETHEUS } from "./rules.ts";

/** How a Prometheus with the shipped rules is to run. */
export interface ShippedOptions {
  /** By how much durations of the rules are divided; default 360, which makes 20 s of two hours. */
  readonly divisor?: number;
  /** Default: here. */
  readonly place?: Place;
}

const SHIPPED = z.looseObject({
  global: z.looseObject({}),
  scrape_configs: z.tuple([z.looseObject({ authorization: z.looseObject({}) })]),
});

/**
 * Starts a Prometheus with what is shipped, but for where it finds things and how often it looks.
 * @param directory where its files go; the token of the admin address is the file `token` there
 * @param admin the admin address of the proxy, host and port
 */
export async function startShipped(
  directory: string,
  admin: string,
  { divisor = 360, place }: ShippedOptions = {},
): Promise<RunningPrometheus> {
  const shipped = SHIPPED.parse(parse(readFileSync(`${PROMETHEUS}prometheus.yml`, "utf8")));
  const [job] = shipped.scrape_configs;
  const file = path.join(directory, "prometheus.yml");
  const authorization = { ...job.authorization, credentials_file: path.join(directory, "token") };
  const scraped = { ...job, authorization, static_configs: [{ targets: [admin] }] };
  const often = { ...shipped.global, scrape_interval: "500ms", scrape_timeout: "400ms", evaluation_interval: "500ms" };
  writeFileSync(file, stringify({ ...shipped, global: often, scrape_configs: [scraped] }));
  mkdirSync(path.join(directory, "rules"));
  for (const name of readdirSync(`${PROMETHEUS}rules`)) {
    const rules = inLessTime(readFileSync(`${PROMETHEUS}rules/${name}`, "utf8"), divisor);
    writeFileSync(path.join(directory, "rules", name), rules);
  }
  return await RunningPrometheus.start(file, path.join(directory, "data"), place);
}
