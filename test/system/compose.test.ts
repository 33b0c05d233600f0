import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** What docker-compose makes of files, with these variables; it needs no engine for that. */
function configOf(files: readonly string[], variables: Readonly<Record<string, string>> = {}): unknown {
  const words = files.flatMap((file) => ["--file", file]);
  const env = { PATH: process.env["PATH"], ...variables };
  const run = spawnSync("docker-compose", [...words, "config"], { cwd: PROJECT, encoding: "utf8", env });
  expect([run.status, run.stderr]).toEqual([0, ""]);
  return parse(run.stdout);
}

test("docker-compose takes docker-compose.yml, with what its variables stand for when nobody sets them", () => {
  expect(configOf(["docker-compose.yml"])).toMatchObject({
    services: {
      "client-access": { command: expect.arrayContaining(["--time-scale=60"]) },
      proxy: { command: expect.arrayContaining(["--target=http://client-access:8080", "--profile=carrier-13min"]) },
      devices: { command: expect.arrayContaining(["--server=https://proxy", "--time-scale=60"]) },
      prometheus: { depends_on: { proxy: { condition: "service_healthy" } }, read_only: true },
      grafana: { depends_on: { prometheus: { condition: "service_healthy" } }, read_only: true },
    },
  });
});

test("docker-compose puts a real server in its place", () => {
  const variables = { TARGET: "https://mail.example.com", TIME_SCALE: "1", PROFILE: "firewall-30min" };
  const command = ["--target=https://mail.example.com", "--profile=firewall-30min", "--time-scale=1"];
  expect(configOf(["docker-compose.yml"], variables)).toMatchObject({
    services: { proxy: { command: expect.arrayContaining(command) } },
  });
});

test("docker-compose joins docker-compose.kernel.yml to it", () => {
  expect(configOf(["docker-compose.yml", "docker-compose.kernel.yml"])).toMatchObject({
    services: {
      proxy: { user: "root", image: "idlewall:kernel", cap_add: ["DAC_OVERRIDE", "NET_ADMIN", "NET_BIND_SERVICE"] },
    },
  });
});
