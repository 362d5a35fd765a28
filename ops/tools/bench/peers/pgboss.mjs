// Drains N empty jobs with pg-boss and prints jobs per second.
// Settings: large batches, several of them at once, and the next one as soon as a batch was full.
import * as module from "pg-boss";

const PgBoss = module.PgBoss ?? module.default;
const [connectionString, count] = [process.argv[2], Number(process.argv[3])];
const boss = new PgBoss({ connectionString, max: 10 });
boss.on("error", (error) => console.error(error));
await boss.start();
await boss.createQueue("empty").catch(() => {});
for (let from = 0; from < count; from += 1000) {
  await boss.insert("empty", Array.from({ length: 1000 }, (_, i) => ({ data: { i: from + i } })));
}
let done = 0;
let first;
let finish;
const finished = new Promise((resolve) => (finish = resolve));
const options = { batchSize: 500, localConcurrency: 2, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
await boss.work("empty", options, async (jobs) => {
  first ??= process.hrtime.bigint();
  done += jobs.length;
  if (done >= count) finish();
});
await finished;
const seconds = Number(process.hrtime.bigint() - first) / 1e9;
await boss.stop({ graceful: true, timeout: 10_000 });
console.log(Math.round(count / seconds));
process.exit(0);
