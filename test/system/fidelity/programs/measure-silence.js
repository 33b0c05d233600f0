// Measures how long it takes until the kernel has silenced a flow: alone, and when keepalives are asked for before,
// with as many flows watched as it is told. Tells medians and maxima in ms as one JSON line.
import { startKernelEnforcer } from "idlewall";

const ROUNDS = 51;
const watched = Number(process.argv[2]);
const enforcer = await startKernelEnforcer({
  failed: (error) => {
    throw error;
  },
});
const flowOf = (index) => ({
  family: 4,
  localAddress: "192.0.2.1",
  localPort: 443,
  remoteAddress: `198.51.100.${index % 250}`,
  remotePort: 1024 + index,
});
for (let index = 0; index < watched; index += 1) enforcer.watch(flowOf(index));
await enforcer.heardAgoMs(flowOf(0));

const alone = [];
const asked = [];
for (let round = 0; round < ROUNDS; round += 1) {
  alone.push(await timed(() => enforcer.silence(flowOf(watched + round), "drop")));
  asked.push(
    await timed(async () => {
      await enforcer.heardAgoMs(flowOf(0));
      await enforcer.silence(flowOf(watched + ROUNDS + round), "drop");
    }),
  );
}
console.log(JSON.stringify({ alone: summary(alone), asked: summary(asked) }));
await enforcer.stop();

async function timed(action) {
  const beganAt = performance.now();
  await action();
  return performance.now() - beganAt;
}

function summary(times) {
  const sorted = times.toSorted((left, right) => left - right);
  return { medianMs: sorted[(ROUNDS - 1) / 2], maximumMs: sorted.at(-1) };
}
