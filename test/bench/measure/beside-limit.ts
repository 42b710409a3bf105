import type { Bench, World } from "./bench.js";
import { type Measured, measureInRounds, type Side } from "./rounds.js";
import type { Row } from "./rows.js";

interface Asked {
  /** What a server of ours gets. */
  readonly ours: unknown;
  /** What the limit gets. */
  readonly limit: Readonly<Record<string, unknown>>;
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

/** Another server on the same data, which answers some of the routes with the same JSON. */
export interface Peer {
  readonly name: string;
  readonly pids: readonly number[];
  readonly url: string;
  /** Its query for each route of the limit that it can answer. */
  readonly queries: Readonly<Record<string, string>>;
  /** Its variables for what the limit is asked. */
  variablesOf(route: string, asked: Readonly<Record<string, unknown>>): object;
  stop(): Promise<void>;
}

type Processes = Pick<World, "server" | "limit">;

export async function measureBesideLimit(bench: Bench, world: Processes, comparison: Comparison): Promise<Row> {
  const [row] = await measureWithPeers(bench, world, comparison, []);
  if (!row) throw new Error("Our side is measured.");
  return row;
}

/** A row of ours, and one for each peer that knows the route. */
export async function measureWithPeers(
  bench: Bench,
  world: Processes,
  comparison: Comparison,
  peers: readonly Peer[],
): Promise<Row[]> {
  const { scenario, name, route } = comparison;
  const able = peers.filter(({ queries }) => queries[route] !== undefined);
  const [oursSide, limitSide] = await sidesOf(bench, world, comparison);
  const peerSides = await Promise.all(able.map((peer) => peerSide(bench, peer, comparison)));
  let done = 0;
  const counted = [oursSide, limitSide, ...peerSides].map((side) => ({
    ...side,
    async run(ms: number) {
      const result = await side.run(ms);
      done += result.times.length;
      return result;
    },
  }));
  const [ours, limit, ...others] = await measureInRounds(counted, bench.options.seconds);
  await comparison.verify?.(done);
  if (!ours || !limit) throw new Error("Both sides are measured.");
  const toRow = (measured: Measured, peer?: string): Row => ({
    scenario,
    name,
    ...(peer === undefined ? {} : { peer }),
    ...measured,
    limit: limit.rps,
    ratio: measured.rps / limit.rps,
    limitCpuMs: limit.cpuMs,
  });
  return [toRow(ours), ...others.map((measured, i) => toRow(measured, able[i]?.name))];
}

async function peerSide(
  { client }: Bench,
  peer: Peer,
  { route, connections, asked, pattern }: Comparison,
): Promise<Side> {
  const query = peer.queries[route];
  const run = await client.prepare({
    url: peer.url,
    token: "none",
    connections,
    ...(pattern === undefined ? {} : { pattern }),
    requests: asked.map(({ limit, answer }) => ({
      body: JSON.stringify({ query, variables: peer.variablesOf(route, limit) }),
      ...(answer === undefined ? {} : { answer: `{"data":${JSON.stringify(JSON.parse(answer))}}` }),
    })),
  });
  return { pids: peer.pids, run };
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
