import type pg from "pg";

export const STAGES = ["NONE", "STAGING", "PRODUCTION", "ARCHIVED"] as const;

interface EventRow {
  readonly type: string;
  readonly at: Date;
  readonly versionNumber: number;
  readonly alias: string | null;
  readonly body: string;
}

interface Placed {
  readonly number: number;
  readonly stage: string;
  readonly since: string;
}

type State = ReturnType<typeof describeState>;

/** The stages and aliases of a model after each time at which it has events, by a replay of the events. */
export async function readStates(pool: pg.Pool, modelId: string): Promise<{ at: number; state: State }[]> {
  const { rows } = await pool.query<EventRow>(`SELECT * FROM "Event" WHERE "modelId" = $1 ORDER BY "revision"`, [
    modelId,
  ]);
  const placed: Placed[] = [];
  const aliases = new Map<string, number>();
  let isLiving = true;
  const remove = (number: number) => {
    const index = placed.findIndex((each) => each.number === number);
    if (index >= 0) placed.splice(index, 1);
  };
  const states = rows.map((event) => {
    const { after } = JSON.parse(event.body) as { after: { stage?: string } | null };
    if (/^model_version\.(created|stage_changed|restored|deleted)$/.test(event.type)) {
      remove(event.versionNumber);
      if (event.type !== "model_version.deleted") {
        placed.push({ number: event.versionNumber, stage: after?.stage ?? "", since: event.at.toISOString() });
      }
    }
    if (event.type === "alias.set") aliases.set(event.alias ?? "", event.versionNumber);
    if (event.type === "alias.deleted") aliases.delete(event.alias ?? "");
    if (event.type === "model.deleted") isLiving = false;
    if (event.type === "model.restored") isLiving = true;
    const state = isLiving ? describeState(placed, aliases) : describeState([], new Map());
    return { at: event.at.getTime(), state };
  });
  return states.filter(({ at }, i) => states[i + 1]?.at !== at);
}

/** The state after all events at a time or before it. */
export function stateAt(states: Awaited<ReturnType<typeof readStates>>, at: number): State {
  return states.findLast((each) => each.at <= at)?.state ?? describeState([], new Map());
}

function describeState(placed: readonly Placed[], aliases: ReadonlyMap<string, number>) {
  const inStage = (stage: string) => placed.filter((each) => each.stage === stage);
  const holder = (stage: string) => {
    const last = inStage(stage).at(-1);
    return last ? { number: last.number } : null;
  };
  const target = (alias: string) => (aliases.has(alias) ? { number: aliases.get(alias) } : null);
  return {
    ...Object.fromEntries(STAGES.map((stage) => [stage, holder(stage)])),
    champion: target("champion"),
    challenger: target("challenger"),
    stages: STAGES.map((stage) => {
      const since = inStage(stage).at(-1)?.since ?? null;
      return { stage, count: inStage(stage).length, since, current: holder(stage) };
    }),
  };
}
