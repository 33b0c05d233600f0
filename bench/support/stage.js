// What all proxies of a figure share: a folder, an identity, and ports.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const KEYS = {
  ecdsa: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  rsa: ["-newkey", "rsa:2048"],
};

/** A folder with a certificate for `localhost` of this kind of key (`ecdsa` is P-256, `rsa` 2048 bits). */
export function makeStage(kind = "ecdsa") {
  const folder = mkdtempSync(path.join(tmpdir(), "idlewall-bench-"));
  const at = (name) => path.join(folder, name);
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const files = ["-keyout", at("key.pem"), "-out", at("cert.pem")];
  execFileSync("openssl", ["req", "-x509", "-nodes", "-days", "30", ...KEYS[kind], ...subject, ...files], {
    stdio: "ignore",
  });
  writeFileSync(at("both.pem"), readFileSync(at("cert.pem"), "utf8") + readFileSync(at("key.pem"), "utf8"));
  return {
    folder,
    certificate: at("cert.pem"),
    key: at("key.pem"),
    both: at("both.pem"),
    at,
    write: (name, text) => {
      writeFileSync(at(name), text);
      return at(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A port of the loopback that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => {
    server.once("listening", resolve);
  });
  const { port } = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
