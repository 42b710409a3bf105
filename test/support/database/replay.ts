import type pg from "pg";

export const STAGES = ["NONE", "STAGING", "PRODUCTION", "ARCHIVED"] as const;

interface Told {
  readonly type: string;
  readonly at: Date;
  readonly versionNumber: number;
  readonly alias: string | null;
  readonly body: string;
}

interface Standing {
  readonly number: number;
  readonly stage: string;
  readonly since: string;
}

type State = ReturnType<typeof describe>;

/** What stood where after each point in time at which something was told of a model, by replaying its events one by one. */
export async function readStandings(pool: pg.Pool, modelId: string): Promise<{ at: number; state: State }[]> {
  const { rows } = await pool.query<Told>(`SELECT * FROM "Event" WHERE "modelId" = $1 ORDER BY "revision"`, [modelId]);
  const standing: Standing[] = [];
  const aliases = new Map<string, number>();
  let lives = true;
  const leave = (number: number) => {
    const index = standing.findIndex((each) => each.number === number);
    if (index >= 0) standing.splice(index, 1);
  };
  const states = rows.map((told) => {
    const { after } = JSON.parse(told.body) as { after: { stage?: string } | null };
    if (/^model_version\.(created|stage_changed|restored|deleted)$/.test(told.type)) {
      leave(told.versionNumber);
      if (told.type !== "model_version.deleted") {
        standing.push({ number: told.versionNumber, stage: after?.stage ?? "", since: told.at.toISOString() });
      }
    }
    if (told.type === "alias.set") aliases.set(told.alias ?? "", told.versionNumber);
    if (told.type === "alias.deleted") aliases.delete(told.alias ?? "");
    if (told.type === "model.deleted") lives = false;
    if (told.type === "model.restored") lives = true;
    return { at: told.at.getTime(), state: describe(lives ? standing : [], lives ? aliases : new Map()) };
  });
  return states.filter(({ at }, i) => states[i + 1]?.at !== at);
}

/** The state after all that was told by then. */
export function standingAt(standings: Awaited<ReturnType<typeof readStandings>>, at: number): State {
  return standings.findLast((each) => each.at <= at)?.state ?? describe([], new Map());
}

function describe(standing: readonly Standing[], aliases: ReadonlyMap<string, number>) {
  const on = (stage: string) => standing.filter((each) => each.stage === stage);
  const holder = (stage: string) => {
    const last = on(stage).at(-1);
    return last ? { number: last.number } : null;
  };
  const under = (alias: string) => (aliases.has(alias) ? { number: aliases.get(alias) } : null);
  return {
    ...Object.fromEntries(STAGES.map((stage) => [stage, holder(stage)])),
    champion: under("champion"),
    challenger: under("challenger"),
    stages: STAGES.map((stage) => {
      const since = on(stage).at(-1)?.since ?? null;
      return { stage, count: on(stage).length, since, current: holder(stage) };
    }),
  };
}
