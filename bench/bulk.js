// A body of 100 MB each way: MB/s, CPU of the proxy, and the memory that it takes meanwhile; and through a path with conditions.
import { figure } from "./support/figure.js";
import { PROXIES, startProxy } from "./support/proxies.js";
import { startDevices, startParkServer } from "./support/servers.js";

const MEGABYTE = 1_000_000;

/** A path that shapes; the bandwidth is one that it can't be thought to reach by accident. */
const SHAPED = `name: shaped
title: A path with latency and bandwidth
source: this script
hops:
  - name: carrier
    kind: nat
    conditions:
      - { type: latency, delay: 20ms }
      - { type: bandwidth, rate: 20MB/s }
`;

await figure("bulk", { programs: ["haproxy", "nginx"] }, async ({ stage, quick, interleaved }) => {
  const bytes = (quick ? 10 : 100) * MEGABYTE;
  const rows = [];
  for (const way of ["download", "upload"]) {
    const names = [...PROXIES, "idlewall, 20 ms and 20 MB/s"];
    const measured = await interleaved(names, async (name) => {
      const server = await startParkServer();
      const [program] = name.split(",");
      const shaped = program === name ? {} : { profile: SHAPED };
      const proxy = await startProxy(program, { stage, targetPort: server.port, ...shaped });
      const devices = startDevices();
      try {
        const pass = (size) => devices.ask({ ask: way, port: proxy.port, bytes: size });
        // Once before: V8 compiles what is used often in the meantime.
        await pass(bytes);
        const cpu = proxy.program.cpuSeconds();
        const base = proxy.program.peakAnew();
        const { seconds } = await pass(bytes);
        const used = proxy.program.cpuSeconds() - cpu;
        return {
          way,
          megabytesPerSecond: bytes / MEGABYTE / seconds,
          cpuSecondsPer100: (used * 100 * MEGABYTE) / bytes,
          peakMiB: (proxy.program.peakBytes() - base) / 2 ** 20,
        };
      } finally {
        await Promise.all([devices.stop(), proxy.stop(), server.stop()]);
      }
    });
    rows.push(...measured);
  }
  return {
    rows,
    groups: ["way"],
    fields: { megabytesPerSecond: "MB/s", cpuSecondsPer100: "CPU s per 100 MB", peakMiB: "MiB more meanwhile" },
  };
});
