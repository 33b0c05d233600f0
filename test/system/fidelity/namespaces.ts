import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Names of our namespaces begin so; those of an earlier run that crashed are swept by it. */
const PREFIX = "idlewall-fidelity-";

/** What stands between the device's namespace and the server's. */
export interface Lab extends AsyncDisposable {
  readonly device: string;
  readonly middle: string;
  readonly server: string;
}

/** Where the middle and the server are in every lab. */
export const MIDDLE_ADDRESS = "10.99.1.1";
export const SERVER_ADDRESS = "10.99.2.2";

/** Runs a program in a namespace and gives what it wrote. */
export async function inNamespace(namespace: string, command: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run("ip", ["netns", "exec", namespace, command, ...args]);
  return stdout;
}

/** Loads an nftables script into a namespace. */
export async function loadRules(namespace: string, script: string): Promise<void> {
  const loading = run("ip", ["netns", "exec", namespace, "nft", "-f", "-"]);
  loading.child.stdin?.end(script);
  await loading;
}

/** Removes the namespaces that an earlier run left behind, if its process is gone. */
export async function sweepNamespaces(): Promise<void> {
  const { stdout } = await run("ip", ["netns", "list"]);
  const names = stdout.split("\n").map((line) => line.split(" ")[0] ?? "");
  for (const name of names) {
    const [, pid] = /^idlewall-fidelity-(\d+)-/u.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await run("ip", ["netns", "delete", name]);
  }
}

/** One namespace alone, with its loopback. */
export async function makeNamespace(label: string): Promise<{ readonly name: string } & AsyncDisposable> {
  const name = `${PREFIX}${process.pid}-${label}`;
  await run("ip", ["netns", "add", name]);
  await ip(name, "link", "set", "lo", "up");
  return { name, [Symbol.asyncDispose]: async () => void (await run("ip", ["netns", "delete", name])) };
}

/** Three namespaces in a row, joined by two pairs of virtual Ethernet; nothing of them is seen from outside. */
export async function makeLab(label: string): Promise<Lab> {
  const [device, middle, server] = ["device", "middle", "server"].map(
    (end) => `${PREFIX}${process.pid}-${label}-${end}`,
  );
  if (device === undefined || middle === undefined || server === undefined) throw new Error("a lab has three parts");
  const all = [device, middle, server];
  const lab: Lab = {
    device,
    middle,
    server,
    [Symbol.asyncDispose]: async () => {
      for (const each of all) await run("ip", ["netns", "delete", each]);
    },
  };
  for (const each of all) await run("ip", ["netns", "add", each]);
  for (const each of all) await ip(each, "link", "set", "lo", "up");
  await join([device, "10.99.1.2/24"], [middle, `${MIDDLE_ADDRESS}/24`], "left");
  await join([server, `${SERVER_ADDRESS}/24`], [middle, "10.99.2.1/24"], "right");
  await ip(device, "route", "add", "default", "via", MIDDLE_ADDRESS);
  await ip(server, "route", "add", "default", "via", "10.99.2.1");
  return lab;
}

/** Settings of the kernel in one namespace. */
export async function setKernel(namespace: string, settings: Readonly<Record<string, number>>): Promise<void> {
  const pairs = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  await inNamespace(namespace, "sysctl", "--quiet", "--write", ...pairs);
}

type End = readonly [namespace: string, address: string];

async function join([outer, outerAddress]: End, [middle, middleAddress]: End, name: string): Promise<void> {
  await ip(outer, "link", "add", "wire", "type", "veth", "peer", "name", name, "netns", middle);
  await ip(outer, "address", "add", outerAddress, "dev", "wire");
  await ip(middle, "address", "add", middleAddress, "dev", name);
  await ip(outer, "link", "set", "wire", "up");
  await ip(middle, "link", "set", name, "up");
}

async function ip(namespace: string, ...args: readonly string[]): Promise<void> {
  await run("ip", ["-netns", namespace, ...args]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
