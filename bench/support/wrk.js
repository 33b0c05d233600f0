// wrk, the load of small requests.
import { LOAD_CORE, Program } from "./programs.js";

const SCRIPT = `wrk.method = "POST"
wrk.path = "/now?Cmd=Sync&User=bench&DeviceId=D1&DeviceType=PocketPC"
wrk.headers["MS-ASProtocolVersion"] = "14.1"
wrk.headers["User-Agent"] = "bench"
wrk.headers["Content-Type"] = "application/vnd.ms-sync.wbxml"
wrk.body = string.rep("x", 100)
function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"failed":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failed))
end
`;

/** Sends requests over `connections` keep-alive connections for `seconds`, with a pause before each; latencies are in microseconds. */
export async function small({ stage, port, connections, seconds, pauseMs = 0 }) {
  const pause = pauseMs > 0 ? `function delay() return ${pauseMs} end\n` : "";
  const script = stage.write("small.lua", SCRIPT + pause);
  const load = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", script];
  const program = new Program(["wrk", ...load, `https://127.0.0.1:${port}`], { core: LOAD_CORE });
  const told = JSON.parse(/^\{.*\}$/mu.exec(await program.ended())[0]);
  if (told.failed > 0) throw new Error(`${told.failed} requests failed`);
  return { ...told, perSecond: told.requests / (told.microseconds / 1e6) };
}
