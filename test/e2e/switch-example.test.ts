import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { freePorts, shell } from "../support/shell-example.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const directory = mkdtempSync(path.join(tmpdir(), "idlewall-switch-"));

afterAll(() => rmSync(directory, { recursive: true }));

test("the readme's shell example switches the path under a parked request, and sees the device give way", async () => {
  const [, script = ""] = /^```sh switch\n([\s\S]*?)^```$/mu.exec(README) ?? [];
  expect(script).toContain("idlewall profile set");
  const [server, path_, admin] = await freePorts(3);
  const { code, stdout, stderr } = await shell(
    directory,
    script.replaceAll(":8080", `:${server}`).replaceAll(":8443", `:${path_}`),
    {
      IDLEWALL_ADMIN: `127.0.0.1:${admin}`,
      IDLEWALL_URL: `http://127.0.0.1:${admin}`,
      IDLEWALL_CONTROL: "127.0.0.1:0",
    },
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/https, all flows: device ─ nat carrier 5m drop ─ server/u);
  expect(stdout).toMatch(/Ping 12 min: expired on carrier \(drop\)/u);
  expect(stdout).toMatch(/asks Ping 8 min$/mu);
  expect(stderr).not.toMatch(/fault of idlewall/u);
});
