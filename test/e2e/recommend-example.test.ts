import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { freePorts, shell } from "../support/shell-example.ts";

const PAGE = readFileSync(new URL("../../docs/recommendation.md", import.meta.url), "utf8");
const directory = mkdtempSync(path.join(tmpdir(), "idlewall-recommend-"));

afterAll(() => rmSync(directory, { recursive: true }));

test("the page's example says first that not enough was seen, then that the carrier bounds the heartbeat", async () => {
  const [, script = ""] = /^```sh recommend\n([\s\S]*?)^```$/mu.exec(PAGE) ?? [];
  const [server, front, admin] = await freePorts(3);
  const { code, stdout, stderr } = await shell(
    directory,
    script.replaceAll(":8080", `:${server}`).replaceAll(":8443", `:${front}`),
    {
      IDLEWALL_ADMIN: `127.0.0.1:${admin}`,
      IDLEWALL_URL: `http://127.0.0.1:${admin}`,
      IDLEWALL_CONTROL: "127.0.0.1:0",
    },
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^not enough seen yet: 0 of the 10 heartbeats needed/mu);
  expect(stdout).toMatch(
    /^carrier \(nat, 13 min\) bounds the heartbeat: \d+ of \d+ heartbeats died there\. Ask who runs it/mu,
  );
  expect(stdout).toMatch(
    /^- raising firewall \(firewall, 30 min\) gains nothing: carrier \(nat, 13 min\) forgets first$/mu,
  );
});
