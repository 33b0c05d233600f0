import { afterEach, describe, expect, test } from "vitest";
import { type Admin, type AdminSettings, startAdmin } from "../../src/control/admin.ts";
import { isLoopback } from "../../src/control/host-check.ts";

const TOKEN = "0123456789abcdef-._~+/==";
const open: Admin[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((admin) => admin.close()));
});

async function start(settings: Partial<AdminSettings> = {}): Promise<Admin> {
  const admin = await startAdmin(
    { host: "127.0.0.1", port: 0, ...settings },
    {
      version: "1.2.3",
      ready: () => true,
      exposeMetrics: () => Promise.resolve({ contentType: "text/plain", body: "up 1\n" }),
    },
  );
  open.push(admin);
  return admin;
}

function ask(admin: Admin, path: string, authorization?: string): Promise<Response> {
  return fetch(`${admin.url}${path}`, authorization === undefined ? {} : { headers: { authorization } });
}

describe("with a token, the admin server", () => {
  test.each(["/-/healthy", "/-/ready"])("tells everybody who asks %s", async (path) => {
    expect((await ask(await start({ token: TOKEN }), path)).status).toBe(200);
  });

  test.each(["/", "/metrics", "/api/v1/listeners", "/-/healthy/../../metrics", "/-/Healthy", "/nothing"])(
    "refuses %s without it, before it says what is there",
    async (path) => {
      const answer = await ask(await start({ token: TOKEN }), path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="idlewall"');
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await answer.text()).toMatch(/--token-file or IDLEWALL_TOKEN_FILE/u);
    },
  );

  test.each([TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase(), "x"])("refuses the token %s", async (wrong) => {
    const answer = await ask(await start({ token: TOKEN }), "/metrics", `Bearer ${wrong}`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="idlewall", error="invalid_token"');
    const told = await answer.text();
    expect(told).not.toContain(TOKEN);
    expect(told).toMatch(/--admin-token-file.*--token-file or IDLEWALL_TOKEN_FILE/u);
  });

  test.each([TOKEN, `Basic ${btoa(`a:${TOKEN}`)}`, "Bearer", `Bearer ${TOKEN} ${TOKEN}`, `Bearer${TOKEN}`])(
    "refuses Authorization: %s",
    async (authorization) => {
      expect((await ask(await start({ token: TOKEN }), "/metrics", authorization)).status).toBe(401);
    },
  );

  test.each(["Bearer", "bearer", "BEARER"])("admits who gives it as %s", async (scheme) => {
    const answer = await ask(await start({ token: TOKEN }), "/metrics", `${scheme} ${TOKEN}`);
    expect(await answer.text()).toBe("up 1\n");
  });
});

describe("an address", () => {
  test.each(["0.0.0.0", "::", "192.0.2.1", "admin.example", "127.0.0.1.example"])(
    "that others can reach, %s, is not listened on without a token",
    async (host) => {
      await expect(start({ host })).rejects.toMatchObject({ code: "E_USAGE" });
    },
  );

  test.each(["127.0.0.1", "127.9.9.9", "localhost", "::1", "::ffff:127.0.0.1"])("of the loopback, %s, is", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  test.each(["", "short", "0123456789abcde", "with a space in it", "with-an-umlaut-ä", "=0123456789abcdef"])(
    "is not listened on with the token %j",
    async (token) => {
      const started = start({ token });
      await expect(started).rejects.toMatchObject({ code: "E_CONFIG_INVALID" });
      await expect(started).rejects.toThrow(`found an admin token of ${token.length} characters`);
    },
  );
});
