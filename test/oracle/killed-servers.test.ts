import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Cluster } from "../soak/cluster.js";
import { MUTATIONS } from "../soak/mutations.js";
import { Subscriber, type Wish, wishesFor } from "../soak/subscriber.js";

const HISTORIES = 200;
/** So many histories run at the same time, each on its own models. A kill affects all of them. */
const AT_ONCE = 40;
/** A server is killed after so many histories have ended. In between the log is compacted and its notifications are cut. */
const KILL_EVERY = 40;
const [COMPACT_EVERY, CUT_EVERY] = [30, 12];
const KEPT_EVENTS = 500;

interface Write {
  readonly what: number;
  readonly model: string;
  readonly random: number;
}

/** What two writers do at the same time, and which of the two subscribers leaves or comes back before. */
interface Step {
  readonly writes: readonly [Write, Write];
  readonly turns: number | null;
}

interface History {
  readonly wishes: readonly [number, number];
  readonly steps: readonly Step[];
}

const write: fc.Arbitrary<Write> = fc.record({
  what: fc.nat(MUTATIONS.length - 1),
  model: fc.constantFrom("m-a", "m-b", "n"),
  random: fc.nat(1e9),
});
const step: fc.Arbitrary<Step> = fc.record({
  writes: fc.tuple(write, write),
  turns: fc.option(fc.nat(1), { freq: 2 }),
});
const wish = fc.nat(wishesFor().length - 1);
const history: fc.Arbitrary<History> = fc.record({
  wishes: fc.tuple(wish, wish),
  steps: fc.array(step, { minLength: 4, maxLength: 6 }),
});

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start();
});
afterAll(() => cluster.stop());

/** Plays a history. Returns its subscribers, and the position that they must reach. */
async function play({ wishes, steps }: History, prefix: string) {
  const all = wishesFor(prefix);
  const { cursor } = await cluster.readHead();
  const subscribers = wishes.map((which) => new Subscriber(all[which] as Wish, cursor));
  const [isHere, watching]: [boolean[], Promise<void>[]] = [[], []];
  const come = (who: number) => {
    isHere[who] = true;
    const before = watching[who];
    watching[who] = (async () => {
      await before;
      await subscribers[who]?.watch(cluster, () => !isHere[who]);
    })();
  };
  const leave = (who: number) => {
    isHere[who] = false;
    subscribers[who]?.leave();
  };
  for (const who of subscribers.keys()) come(who);
  for (const { writes, turns } of steps) {
    if (turns !== null) (isHere[turns] ? leave : come)(turns);
    const mutations = writes.map(({ what, model, random }) => MUTATIONS[what]?.(`${prefix}${model}`, random) ?? "");
    await Promise.all(mutations.map((mutation) => cluster.write(mutation)));
  }
  const { revision: end } = await cluster.readHead();
  for (const who of subscribers.keys()) leave(who);
  const toTheEnd = async (subscriber: Subscriber, who: number) => {
    await watching[who];
    await subscriber.catchUp(cluster, end);
  };
  return { subscribers, end, watched: Promise.all(subscribers.map(toTheEnd)) };
}

test(`in ${HISTORIES} random histories with killed servers every subscriber receives what the table holds`, {
  timeout: 1_200_000,
}, async () => {
  const seed = Date.now();
  const histories = fc.sample(history, { numRuns: HISTORIES, seed });
  const played: Awaited<ReturnType<typeof play>>[] = [];
  let begun = 0;
  let chaos: Promise<unknown> = Promise.resolve();
  const strike = (act: () => Promise<void>) => {
    chaos = chaos.then(act);
  };
  const playNext = async () => {
    for (let i = begun++; i < histories.length; i = begun++) {
      played.push(await play(histories[i] as History, `h${i}-`));
      if (played.length % KILL_EVERY === 0) strike(() => cluster.kill());
      if (played.length % COMPACT_EVERY === 0) strike(() => cluster.compact(KEPT_EVENTS));
      if (played.length % CUT_EVERY === 0) strike(() => cluster.cut());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, playNext));
  await chaos;
  await Promise.all(played.map(({ watched }) => watched));
  const table = await cluster.readTable();
  const verdicts = played.flatMap(({ subscribers, end }) => subscribers.map((each) => each.check(table, end)));
  const faults = [...verdicts.flatMap((verdict) => verdict.faults), ...cluster.findForgotten(table)];
  expect({ seed, faults }).toEqual({ seed, faults: [] });
  const segments = played.flatMap(({ subscribers }) => subscribers.flatMap((each) => each.segments));
  const received = segments.flatMap(({ messages }) => messages.filter(({ isEvent }) => isEvent));
  expect(segments.length).toBeGreaterThan(HISTORIES * 2);
  expect(received.length).toBeGreaterThan(HISTORIES);
  expect(table.length).toBeGreaterThanOrEqual(cluster.writes);
  expect(cluster.kills).toBe(HISTORIES / KILL_EVERY);
});
