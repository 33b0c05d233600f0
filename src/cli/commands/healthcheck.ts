import { UsageError } from "../../errors.ts";
import { formatAddress, parseAddress } from "../../live/address.ts";
import { JSON_OPTION, defineCommand } from "../command.ts";
import { durationFrom } from "../duration-option.ts";
import { EXIT } from "../exit-codes.ts";

/** `idlewall healthcheck`: asks a running proxy whether it is well, for containers and scripts. */
export const healthcheck = defineCommand({
  command: "healthcheck",
  describe: "Ask a running proxy whether it is well; exit code 0 or 1",
  options: {
    admin: { type: "string", default: "http://127.0.0.1:9443", describe: "URL or HOST:PORT of its admin server" },
    ready: { type: "boolean", describe: "Ask whether it takes new devices, not only whether it lives" },
    timeout: { type: "string", default: "2s", describe: "How long to wait for the answer" },
    ...JSON_OPTION,
  },
  run: async ({ admin, ready, timeout, json }, output) => {
    const url = new URL(ready === true ? "/-/ready" : "/-/healthy", adminUrl(admin));
    const { ok, detail } = await ask(url, durationFrom("timeout", timeout));
    if (json === true) output.json({ url: url.href, ok, detail });
    else if (ok) output.result(`${url.href}: ${detail}`);
    if (!ok) output.note(`${url.href}: ${detail}`);
    return ok ? EXIT.done : EXIT.expectationFailed;
  },
});

/** The address that `serve --admin` takes is understood too; who listens everywhere is asked on the loopback. */
function adminUrl(text: string): URL {
  if (/^https?:\/\//u.test(text) && URL.canParse(text)) return new URL(text);
  const { host, port } = parseAddress(text);
  if (port === 0) throw new UsageError("E_ADDRESS_INVALID", `found the admin address ${text}, expected its real port`);
  if (host?.includes("%") === true)
    throw new UsageError("E_ADDRESS_INVALID", `found the admin address ${text}, expected it without a zone`);
  const everywhere = host === undefined || host === "0.0.0.0" || host === "::";
  return new URL(`http://${formatAddress({ host: everywhere ? "127.0.0.1" : host, port })}`);
}

async function ask(url: URL, timeoutMs: number): Promise<{ readonly ok: boolean; readonly detail: string }> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: "manual" });
    await answer.body?.cancel();
    return { ok: answer.status === 200, detail: `answered ${answer.status}` };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { ok: false, detail: cause instanceof Error ? cause.message : String(cause) };
  }
}
