// Silences as many flows at one instant as it is told, and tells how many ms that took. Runs until it is ended.
import { startKernelEnforcer } from "idlewall";

const count = Number(process.argv[2]);
const enforcer = await startKernelEnforcer({
  failed: (error) => {
    throw error;
  },
});
const flows = Array.from({ length: count }, (_, index) => ({
  family: 4,
  localAddress: "192.0.2.1",
  localPort: 443,
  remoteAddress: `198.51.100.${index % 250}`,
  remotePort: 1024 + index,
}));
const beganAt = performance.now();
await Promise.all(flows.map((flow) => enforcer.silence(flow, "drop")));
console.log(JSON.stringify({ tookMs: performance.now() - beganAt }));
setInterval(() => undefined, 1000);
