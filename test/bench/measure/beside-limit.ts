import type { Job } from "../load/load-client.js";
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
  readonly pattern?: Pick<Job, "pattern">["pattern"];
  readonly isSerial?: boolean;
}

export async function measureBesideLimit(bench: Bench, world: World, comparison: Comparison): Promise<Row> {
  const { scenario, name } = comparison;
  const sides = await sidesOf(bench, world, comparison);
  const [ours, limit] = await measureInRounds(sides, bench.options.seconds);
  if (!ours || !limit) throw new Error("Both sides are measured.");
  return { scenario, name, ...ours, limit: limit.rps, ratio: ours.rps / limit.rps, limitCpuMs: limit.cpuMs };
}

export async function sidesOf(
  { client }: Bench,
  { server, limit }: World,
  { query, route, connections, asked, pattern, isSerial }: Comparison,
): Promise<[Side, Side]> {
  const common = {
    token: server.token,
    connections,
    ...(pattern === undefined ? {} : { pattern }),
    ...(isSerial === undefined ? {} : { serial: isSerial }),
  };
  const answerOf = (text: string | undefined) => (text === undefined ? {} : { answer: `{"data":${text}}` });
  const runOurs = await client.prepare({
    ...common,
    url: server.url,
    requests: asked.map(({ ours, answer }) => ({
      body: JSON.stringify({ query, variables: ours }),
      ...answerOf(answer && JSON.stringify(JSON.parse(answer))),
    })),
  });
  const runLimit = await client.prepare({
    ...common,
    url: `${limit.url}/${route}`,
    requests: asked.map((each) => ({ body: JSON.stringify({ variables: each.limit }), ...answerOf(each.answer) })),
  });
  return [
    { pids: [server.pid], run: runOurs, countStatements: () => server.countStatements() },
    { pids: [limit.pid], run: runLimit },
  ];
}
