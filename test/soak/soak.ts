import { parseArgs } from "node:util";
import { Cluster, sleep } from "./cluster.js";
import { MUTATIONS } from "./mutations.js";
import { EVERYTHING, Subscriber, type Wish, wishesFor } from "./subscriber.js";

/**
 * Runs writers, subscribers and kills for a given time: `npm run soak -- --seconds 600`. With TEST_DATABASE_URL it also
 * compacts the log and cuts its notifications. The last line is JSON. The exit code is 0 only if no event was lost or
 * delivered twice on one stream.
 */
const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" } } });
const SECONDS = Number(values.seconds);
const [WRITERS, SUBSCRIBERS] = [4, 10];
const MODELS = ["m-a", "m-b", "m-c", "n"];
const WISHES = [EVERYTHING, ...wishesFor().slice(1)];
const KEPT_EVENTS = 500;

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
const between = (from: number, to: number) => from + Math.random() * (to - from);

async function soak(cluster: Cluster) {
  const { cursor } = await cluster.readHead();
  const subscribers = Array.from(
    { length: SUBSCRIBERS },
    (_, i) => new Subscriber(WISHES[i % WISHES.length] as Wish, cursor),
  );
  const until = Date.now() + SECONDS * 1_000;
  const isOver = () => Date.now() >= until;
  /** Repeats an action, each time after so many milliseconds. */
  const repeat = async (from: number, to: number, act: () => Promise<unknown>) => {
    for (await sleep(between(from, to)); !isOver(); await sleep(between(from, to))) await act();
  };
  const comeAndGo = async (subscriber: Subscriber) => {
    while (!isOver()) {
      const timer = setTimeout(() => subscriber.leave(), between(200, 5_000));
      await subscriber.follow(await cluster.living(), isOver);
      clearTimeout(timer);
    }
  };
  await Promise.all([
    ...Array.from({ length: WRITERS }, () =>
      repeat(0, 20, () => cluster.write(pick(MUTATIONS)(pick(MODELS), Math.floor(Math.random() * 1e9)))),
    ),
    ...subscribers.map(comeAndGo),
    repeat(2_000, 6_000, () => cluster.kill()),
    repeat(5_000, 10_000, () => cluster.compact(KEPT_EVENTS)),
    repeat(3_000, 8_000, () => cluster.cut()),
  ]);
  const { revision: end } = await cluster.readHead();
  await Promise.all(subscribers.map((each) => each.catchUp(cluster, end)));
  const table = await cluster.readTable();
  const verdicts = subscribers.map((each) => each.check(table, end));
  const sum = (of: (verdict: (typeof verdicts)[number]) => number) => verdicts.reduce((all, each) => all + of(each), 0);
  return {
    events: table.length,
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    resumes: subscribers.reduce((all, { resumes }) => all + resumes, 0),
    faults: [
      ...verdicts.flatMap(({ faults }, i) => faults.map((fault) => `${i}: ${fault}`)),
      ...cluster.findForgotten(table),
    ],
  };
}

const cluster = await Cluster.start();
try {
  const { faults, events, lost, doubled, resumes } = await soak(cluster);
  const { description, kills, cuts, writes } = cluster;
  for (const fault of faults.slice(0, 20)) console.error(fault);
  if (cuts > 0) console.error(`${cuts} connections for notifications were cut.`);
  console.error(`${writes} writes were acknowledged by ${description}.`);
  console.log(JSON.stringify({ events, kills, resumes, lost, doubled }));
  process.exitCode = faults.length === 0 && events >= writes ? 0 : 1;
} finally {
  await cluster.stop();
}
