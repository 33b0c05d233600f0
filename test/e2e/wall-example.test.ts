import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { freePorts, shell } from "../support/shell-example.ts";

const PAGE = readFileSync(new URL("../../docs/bounds.md", import.meta.url), "utf8");
const directory = mkdtempSync(path.join(tmpdir(), "idlewall-wall-"));

afterAll(() => rmSync(directory, { recursive: true }));

test("the page's example finds a time-out of 7 min 20 s that idlewall did not make, and says how sure it is", async () => {
  const [, script = ""] = /^```sh wall\n([\s\S]*?)^```$/mu.exec(PAGE) ?? [];
  expect(script).toContain("idlewall bounds");
  const [server, front, middlebox, admin, other] = await freePorts(5);
  const { code, stdout, stderr } = await shell(
    directory,
    script
      .replaceAll(":8080", `:${server}`)
      .replaceAll(":8443", `:${front}`)
      .replaceAll(":8444", `:${middlebox}`)
      .replaceAll(":9445", `:${other}`),
    {
      IDLEWALL_ADMIN: `127.0.0.1:${admin}`,
      IDLEWALL_URL: `http://127.0.0.1:${admin}`,
      IDLEWALL_CONTROL: "127.0.0.1:0",
    },
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/wallFound +127\.0\.0\.0\/24: wall, .*time-out <= \d min.*, 99\.\d % sure$/mu);
  expect(stdout).toMatch(/^127\.0\.0\.0\/24 +wall +\d min/mu);
  expect(stderr).toMatch(/"level":"warn",.*"msg":"the path in front of a network has a time-out"/u);
  expect(stderr).not.toMatch(/fault of idlewall/u);
});
