// Drains N empty jobs with graphile-worker and prints jobs per second.
// Settings: https://worker.graphile.org/docs/performance (local queue, batched completion).
import { Logger, makeWorkerUtils, run } from "graphile-worker";

const [connectionString, count] = [process.argv[2], Number(process.argv[3])];
const logger = new Logger(() => () => {});
const utils = await makeWorkerUtils({ connectionString, logger });
await utils.migrate();
await utils.withPgClient((pg) =>
  pg.query(
    `select graphile_worker.add_jobs(array(select ('empty', json_build_object('i', n), null, null, null, null, null, null)
       ::graphile_worker.job_spec from generate_series(1, $1::int) n))`,
    [count],
  ),
);
let done = 0;
let first;
let finish;
const finished = new Promise((resolve) => (finish = resolve));
const runner = await run({
  connectionString,
  noHandleSignals: true,
  preset: {
    worker: {
      concurrentJobs: 24,
      maxPoolSize: 10,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
  logger,
  parsedCronItems: [],
  taskList: {
    empty: () => {
      first ??= process.hrtime.bigint();
      done += 1;
      if (done === count) finish();
    },
  },
});
await finished;
const left = async () =>
  utils.withPgClient(async (pg) => Number((await pg.query("select count(*) n from graphile_worker.jobs")).rows[0].n));
while ((await left()) > 0) await new Promise((resolve) => setTimeout(resolve, 2));
const seconds = Number(process.hrtime.bigint() - first) / 1e9;
await runner.stop();
await utils.release();
console.log(Math.round(count / seconds));
process.exit(0);
