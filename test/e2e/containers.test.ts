import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Finished, idlewall } from "../cli/idlewall.ts";
import { ask } from "../support/ask.ts";
import { RunningCommand } from "../support/running-command.ts";
import { say } from "../support/said.ts";

// No engine builds the image here, so what can be known of it from its text is held to the project.

const ROOT = new URL("../../", import.meta.url);
const DOCKERFILE = readFileSync(new URL("Dockerfile", ROOT), "utf8");
const IGNORED = readFileSync(new URL(".dockerignore", ROOT), "utf8").trim().split("\n");

interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly healthcheck: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly read_only: boolean;
  readonly user: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tests below check it field by field
const compose = parse(readFileSync(new URL("docker-compose.yml", ROOT), "utf8"), { merge: true }) as Compose;
const services = Object.entries(compose.services);

/** Those that run our image. */
const ours = services.filter(([, { image }]) => image === "idlewall:local");

const helps = new Map<string, Promise<Finished>>();

/** What the built command says of one of its commands; each is asked once. */
function help(name: string): Promise<Finished> {
  const asked = helps.get(name) ?? idlewall([name, "--help"]);
  helps.set(name, asked);
  return asked;
}

function instructions(name: string): readonly string[] {
  return [...DOCKERFILE.matchAll(new RegExp(`^${name} (.*)$`, "gmu"))].map((match) => match[1] ?? "");
}

/** The value of a flag in a command, with the defaults of its variables in place. */
function flag(command: readonly string[], name: string): string {
  const found = command.find((word) => word.startsWith(`--${name}=`)) ?? "";
  return found.replace(`--${name}=`, "").replace(/\$\{\w+:-(.*)\}/u, "$1");
}

/** The same word of a command, or another value of its flag. */
function withFlags(word: string, values: Readonly<Record<string, string>>): string {
  const [, name = ""] = /^--([\w-]+)=/u.exec(word) ?? [];
  return name in values ? `--${name}=${values[name]}` : word;
}

describe("Dockerfile", () => {
  const copied = instructions("COPY")
    .filter((words) => !words.includes("--from="))
    .flatMap((words) => words.split(" ").slice(0, -1));

  test.each(copied)("%s is there, and not kept from the build", (source) => {
    expect(existsSync(new URL(source, ROOT))).toBe(true);
    expect(IGNORED).toContain(`!${source.replace("./", "")}`);
  });

  test("nothing else of the project goes to the build", () => {
    expect(IGNORED[0]).toBe("*");
    expect(
      IGNORED.slice(1)
        .map((line) => line.slice(1))
        .toSorted(),
    ).toEqual([...new Set(copied)].toSorted());
  });

  test("both stages stand on the same pinned Node, one that the package admits", () => {
    const images = instructions("FROM").map((words) => words.split(" ")[0]);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:20\.(?:19|[2-9]\d)\.\d+-bookworm-slim@sha256:[\da-f]{64}$/u);
  });

  test("runs without root, without what only the build needs, and knows when it is well", async () => {
    expect(instructions("USER")).toEqual(["node"]);
    expect(DOCKERFILE).toContain("npm prune --omit=dev");
    const check = /CMD (\[.*\])$/u.exec(instructions("HEALTHCHECK")[0] ?? "")?.[1] ?? "";
    expect(JSON.parse(check)).toEqual(["idlewall", "healthcheck"]);
    expect((await help("healthcheck")).code).toBe(0);
  });

  test("links the command that the package has", () => {
    const linked = /ln -s \/app\/(\S+) \/usr\/local\/bin\/idlewall/u.exec(DOCKERFILE)?.[1];
    expect(JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8"))).toMatchObject({
      bin: { idlewall: linked },
    });
  });

  test("exposes the ports of serve", async () => {
    const { stdout } = await help("serve");
    const defaults = [...stdout.matchAll(/default: "[^"]*:(\d+)"/gu)].map((match) => match[1]);
    expect(instructions("EXPOSE")[0]?.split(" ")).toEqual(defaults);
  });
});

describe("docker-compose.yml", () => {
  test("runs server, proxy, devices, and what watches them", () => {
    expect(services.map(([name]) => name)).toEqual(["client-access", "proxy", "devices", "prometheus", "grafana"]);
    expect(ours.map(([name]) => name)).toEqual(["client-access", "proxy", "devices"]);
  });

  test.each(ours)("%s runs a command that is there, with options it has", async (_, { command }) => {
    const [name = "", ...options] = command;
    const { code, stdout } = await help(name);
    expect(code).toBe(0);
    for (const option of options) expect(stdout).toMatch(new RegExp(`^ +${option.split("=")[0]} `, "mu"));
  });

  test.each(services)(
    "%s has no root, no root file system to write to, and a health check or none on purpose",
    (_, service) => {
      expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
      expect(service.user).toMatch(/^(?:node|1000:1000|472)$/u);
      expect(service.healthcheck.disable === true || service.healthcheck.test !== undefined).toBe(true);
    },
  );

  test.each(services)("%s waits only for what says when it is well", (_, { depends_on: needed = {} }) => {
    for (const [name, { condition }] of Object.entries(needed)) {
      expect(condition).toBe("service_healthy");
      expect(compose.services[name]?.healthcheck.test).toBeDefined();
    }
  });

  test("every volume is declared, and every file of the project that is mounted is there, to be read alone", () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes);
    const [files, named] = [
      used.filter((volume) => volume.startsWith("./")),
      used.filter((volume) => /^\w/u.test(volume)),
    ];
    expect(Object.keys(compose.volumes)).toEqual([...new Set(named.map((volume) => volume.split(":")[0]))]);
    expect(files.filter((volume) => !existsSync(new URL(volume.split(":")[0] ?? "", ROOT)))).toEqual([]);
    expect(files.filter((volume) => !volume.endsWith(":ro"))).toEqual([]);
  });

  test.each(services.filter(([, { image }]) => image !== "idlewall:local"))(
    "%s is pinned by tag and digest",
    (_, { image }) => {
      expect(image).toMatch(/^[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+@sha256:[\da-f]{64}$/u);
    },
  );

  test("ports, addresses and health checks name each other", () => {
    const { proxy, "client-access": server, devices } = compose.services;
    if (proxy === undefined || server === undefined || devices === undefined) throw new Error("a service is missing");
    const [listen, admin] = ["listen", "admin"].map((name) => flag(proxy.command, name).split(":")[1] ?? "");
    expect(proxy.ports?.map((port) => port.split(":").at(-1))).toEqual([listen, admin]);
    const target = new URL(flag(proxy.command, "target"));
    expect([target.hostname, target.port]).toEqual(["client-access", flag(server.command, "listen").split(":")[1]]);
    const control = flag(server.command, "control").split(":")[1];
    expect(server.healthcheck.test).toEqual([
      "CMD",
      "idlewall",
      "healthcheck",
      "--ready",
      `--admin=127.0.0.1:${control}`,
    ]);
    expect(new URL(flag(devices.command, "server")).hostname).toBe("proxy");
    expect(listen).toBe("443");
  });

  test("all ports but that of the devices are published on the loopback alone", () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual(["443:443"]);
  });

  test("the admin server, which other containers reach, has a token that only the proxy and Prometheus see", () => {
    const { proxy, prometheus, ...others } = compose.services;
    expect(prometheus).toMatchObject({ user: "1000:1000" });
    expect(prometheus?.volumes).toContain("admin:/admin:ro");
    const file = flag(proxy?.command ?? [], "admin-token-file");
    expect(proxy?.volumes).toContain(`admin:${path.dirname(file)}`);
    const foreign = Object.values(others).flatMap(({ volumes = [] }) => volumes);
    expect(foreign.filter((volume) => volume.startsWith("admin:"))).toEqual([]);
    expect(DOCKERFILE).toContain(`IDLEWALL_ADMIN_TOKEN_FILE=${file}`);
    expect(instructions("VOLUME")[0]?.split(" ")).toContain(path.dirname(file));
  });

  test("the proxy's health check needs no token, and its metrics are told to other containers for it alone", async () => {
    const { command = [], healthcheck } = compose.services["proxy"] ?? {};
    const folder = await mkdtemp(path.join(tmpdir(), "idlewall-compose-"));
    const elsewhere = { listen: "0.0.0.0:0", admin: "0.0.0.0:0", "admin-token-file": path.join(folder, "token") };
    const options = command
      .map((word) => withFlags(word, elsewhere))
      .map((word) => word.replace(/\$\{\w+:-(.*)\}/u, "$1"));
    await using proxy = new RunningCommand([...options, "--no-target-check"], folder);
    const [port = ""] = await proxy.said(/admin: +http:\S+:(\d+)\/\n/u);
    const [program, ...check] = healthcheck?.test?.slice(1) ?? [];
    expect(program).toBe("idlewall");
    expect((await say(check, { env: { IDLEWALL_ADMIN: `0.0.0.0:${port}` } })).code).toBe(0);

    const token = readFileSync(path.join(folder, "token"), "utf8").trim();
    const headers = { host: `proxy:${port}` };
    const scraped = (more: object) =>
      ask(Number(port), { method: "GET", path: "/metrics", headers: { ...headers, ...more } });
    expect((await scraped({})).status).toBe(401);
    expect((await scraped({ authorization: `Bearer ${token}` })).status).toBe(200);
    proxy.signal("SIGTERM");
    expect((await proxy.finished()).code).toBe(0);
    await rm(folder, { recursive: true });
  });

  test("all run at one time scale, which one variable sets", () => {
    expect(new Set(ours.map(([, { command }]) => command.find((word) => word.includes("time-scale")))).size).toBe(1);
  });
});

test("the profile that compose names is shipped", async () => {
  const profile = flag(compose.services["proxy"]?.command ?? [], "profile");
  expect((await say(["profiles", "show", profile], { cwd: fileURLToPath(ROOT) })).code).toBe(0);
});

test("docker-compose.kernel.yml asks for what the image and serve have, and gives only the proxy more", async () => {
  const kernel: unknown = parse(readFileSync(new URL("docker-compose.kernel.yml", ROOT), "utf8"));
  expect(kernel).toEqual({
    services: {
      proxy: {
        build: { context: ".", args: { PACKAGES: "nftables" } },
        image: "idlewall:kernel",
        user: "root",
        cap_add: ["NET_ADMIN", "DAC_OVERRIDE"],
        environment: { IDLEWALL_ENFORCE: "kernel" },
      },
    },
  });
  expect(instructions("ARG")).toEqual(['PACKAGES=""']);
  expect((await help("serve")).stdout).toMatch(/--enforce .*\n?.*"kernel"/u);
});
