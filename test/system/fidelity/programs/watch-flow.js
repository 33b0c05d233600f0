// What an end sees of one flow, told as JSON lines with the ms since its first request.

/** Bytes that come within this many ms of each other are one event: how TLS and TCP cut them is no matter. */
const BURST_MS = 300;

/** Watches a connection; nothing is told before `begin`. */
export function watchFlow(raw, socket) {
  let flow;
  let startedAt = 0;
  let burst;
  let burstTimer;
  let over = false;

  socket.on("data", (bytes) => {
    if (burst === undefined) burst = { at: performance.now(), bytes: 0 };
    burst.bytes += bytes.length;
    clearTimeout(burstTimer);
    burstTimer = setTimeout(tellBurst, BURST_MS);
  });
  socket.once("end", () => tell("end"));
  for (const stream of [raw, socket]) stream.on("error", (error) => tellOver(error.code ?? error.message));
  raw.once("close", () => tellOver("closed"));

  return {
    begin(id) {
      flow = id;
      startedAt = performance.now();
    },
    tellEnd(id) {
      flow ??= id;
      tellOver("open");
    },
  };

  function tellBurst() {
    clearTimeout(burstTimer);
    if (burst !== undefined) say({ event: "data", bytes: burst.bytes }, burst.at);
    burst = undefined;
  }

  function tell(event) {
    const at = performance.now();
    tellBurst();
    say({ event }, at);
  }

  function tellOver(event) {
    if (over) return;
    tell(event);
    over = true;
  }

  function say(what, at) {
    if (flow !== undefined && !over) console.log(JSON.stringify({ flow, ...what, atMs: Math.round(at - startedAt) }));
  }
}
