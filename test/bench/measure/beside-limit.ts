import type { Bench, World } from "./bench.js";
import { measureInRounds, type Side } from "./rounds.js";
import type { Row } from "./rows.js";

interface Asked {
  /** What a server of ours gets. */
  readonly ours: unknown;
  /** What the limit gets. */
  readonly limit: unknown;
  /** The text that the limit must answer with, which is the same JSON as ours. */
  readonly answer?: string;
}

/** A scenario of requests over HTTP. */
export interface Comparison {
  readonly scenario: number;
  readonly name: string;
  readonly connections: number;
  readonly query: string;
  /** The route of the limit. */
  readonly route: string;
  /** The variables of each request. */
  readonly asked: readonly Asked[];
  /** A regular expression for the whole of each answer, where it is not known. */
  readonly pattern?: string;
  /** Whether the text "@N@…" in the variables is a number that begins with the number of the request. */
  readonly isSerial?: boolean;
  /** Called at the end with the number of requests that were acknowledged. Throws if they did not do what they should. */
  verify?(done: number): Promise<void>;
}

type Processes = Pick<World, "server" | "limit">;

export async function measureBesideLimit(bench: Bench, world: Processes, comparison: Comparison): Promise<Row> {
  const { scenario, name } = comparison;
  const sides = await sidesOf(bench, world, comparison);
  let done = 0;
  const counted = sides.map((side) => ({
    ...side,
    async run(ms: number) {
      const result = await side.run(ms);
      done += result.times.length;
      return result;
    },
  }));
  const [ours, limit] = await measureInRounds(counted, bench.options.seconds);
  await comparison.verify?.(done);
  if (!ours || !limit) throw new Error("Both sides are measured.");
  return { scenario, name, ...ours, limit: limit.rps, ratio: ours.rps / limit.rps, limitCpuMs: limit.cpuMs };
}

export async function sidesOf(
  { client }: Bench,
  { server, limit }: Processes,
  { query, route, connections, asked, pattern, isSerial }: Comparison,
): Promise<[Side, Side]> {
  const common = {
    token: server.token,
    connections,
    ...(pattern === undefined ? {} : { pattern }),
    ...(isSerial === undefined ? {} : { serial: isSerial }),
  };
  const toBody = (body: object) => {
    const text = JSON.stringify(body);
    return isSerial ? text.replaceAll(/"(@N@\d*)"/g, "$1") : text;
  };
  const answerOf = (text: string | undefined) => (text === undefined ? {} : { answer: `{"data":${text}}` });
  const runOurs = await client.prepare({
    ...common,
    url: server.url,
    requests: asked.map(({ ours, answer }) => ({
      body: toBody({ query, variables: ours }),
      ...answerOf(answer && JSON.stringify(JSON.parse(answer))),
    })),
  });
  const runLimit = await client.prepare({
    ...common,
    url: `${limit.url}/${route}`,
    requests: asked.map((each) => ({ body: toBody({ variables: each.limit }), ...answerOf(each.answer) })),
  });
  return [
    { pids: [server.pid], run: runOurs, countStatements: () => server.countStatements() },
    { pids: [limit.pid], run: runLimit },
  ];
}
