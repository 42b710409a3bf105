import { setImmediate } from "node:timers/promises";
import type { People } from "../../../domain/access/people.js";
import type { PolicyDefinition } from "../../../domain/governance/policy.js";
import {
  IMPACT_VERDICTS,
  type ImpactVerdict,
  type ReplayedRule,
  replay,
  verdictOf,
} from "../../../domain/governance/replay/replay.js";
import { type ImpactWindow, type Move, type MovePage, type QueryClient, readMoves } from "./moves.js";
import { readPast } from "./past.js";
import { RecordedDefinitions } from "./recorded.js";

/** A promotion of the past, and what a draft would have said about it. */
export interface ReplayedPromotion extends Move {
  readonly verdict: ImpactVerdict;
  readonly rules: readonly ReplayedRule[];
}

export interface Replayed {
  readonly draft: PolicyDefinition;
  /** Which identities are one person, by the settings of now. */
  readonly people: People;
}

/** So many promotions are replayed at a time, and kept in memory. */
const CHUNK = 200;
/** So many are replayed before other work of the process goes on. */
const BREATH = 10;

/** What a draft would have said about each of the moves. Two statements. */
async function replayMoves(
  db: QueryClient,
  { draft, people, definitions }: Replayed & { readonly definitions: RecordedDefinitions },
  moves: readonly Move[],
): Promise<ReplayedPromotion[]> {
  if (moves.length === 0) return [];
  const pasts = await readPast(db, draft, moves, people);
  await definitions.read([...pasts.values()].flatMap(({ results }) => results));
  const replayed: ReplayedPromotion[] = [];
  for (const [index, move] of moves.entries()) {
    // other requests get their turn
    if (index % BREATH === BREATH - 1) await setImmediate();
    const found = pasts.get(move.id);
    if (!found) continue;
    const { past, results } = found;
    const rules = replay(draft, { ...past, recorded: definitions.rulesOf(results) });
    replayed.push({ ...move, verdict: verdictOf(rules), rules });
  }
  return replayed;
}

/** The promotions of a page, of one verdict or of all. Without a verdict three statements; with one, three for each chunk. */
export async function readImpact(
  db: QueryClient,
  { draft, people }: Replayed,
  window: ImpactWindow,
  { verdict, ...page }: MovePage & { readonly verdict: ImpactVerdict | null },
): Promise<ReplayedPromotion[]> {
  if (page.limit === 0) return [];
  const found: ReplayedPromotion[] = [];
  const size = verdict === null ? Math.min(page.limit, CHUNK) : CHUNK;
  for await (const chunk of chunksOf(db, { draft, people }, window, { ...page, limit: size })) {
    found.push(...chunk.filter((each) => verdict === null || each.verdict === verdict));
    if (found.length >= page.limit) break;
  }
  return found.slice(0, page.limit);
}

/** How many promotions of the window have each verdict. */
export async function countImpact(
  db: QueryClient,
  { draft, people }: Replayed,
  window: ImpactWindow,
): Promise<Record<ImpactVerdict, number>> {
  const counts = Object.fromEntries(IMPACT_VERDICTS.map((verdict) => [verdict, 0])) as Record<ImpactVerdict, number>;
  const all = { before: null, after: null, newestFirst: true, limit: CHUNK };
  for await (const chunk of chunksOf(db, { draft, people }, window, all))
    for (const { verdict } of chunk) counts[verdict]++;
  return counts;
}

async function* chunksOf(
  db: QueryClient,
  { draft, people }: Replayed,
  window: ImpactWindow,
  page: MovePage,
): AsyncGenerator<ReplayedPromotion[], void, undefined> {
  const definitions = new RecordedDefinitions(db);
  for (let rest = page; ; ) {
    const moves = await readMoves(db, draft, window, rest);
    yield await replayMoves(db, { draft, people, definitions }, moves);
    const last = moves.at(-1);
    if (!last || moves.length < page.limit) return;
    rest = { ...rest, ...(page.newestFirst ? { before: last.revision } : { after: last.revision }) };
  }
}
