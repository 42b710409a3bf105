import type pg from "pg";

export const STAGES = ["NONE", "STAGING", "PRODUCTION", "ARCHIVED"] as const;

interface Told {
  readonly type: string;
  readonly at: Date;
  readonly versionId: string | null;
  readonly versionNumber: number;
  readonly alias: string | null;
  readonly body: string;
}

/** What stood where after each point in time at which something was told of a model, by replaying its events one by one. */
export async function readStandings(pool: pg.Pool, modelId: string) {
  const { rows } = await pool.query<Told>(`SELECT * FROM "Event" WHERE "modelId" = $1 ORDER BY "revision"`, [modelId]);
  const standing: { number: number; stage: string }[] = [];
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
      if (told.type !== "model_version.deleted")
        standing.push({ number: told.versionNumber, stage: after?.stage ?? "" });
    }
    if (told.type === "alias.set") aliases.set(told.alias ?? "", told.versionNumber);
    if (told.type === "alias.deleted") aliases.delete(told.alias ?? "");
    if (told.type === "model.deleted") lives = false;
    if (told.type === "model.restored") lives = true;
    return { at: told.at.toISOString(), expected: describe(lives ? standing : [], lives ? aliases : new Map()) };
  });
  return states.filter(({ at }, i) => states[i + 1]?.at !== at);
}

function describe(standing: readonly { number: number; stage: string }[], aliases: ReadonlyMap<string, number>) {
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
    stages: STAGES.map((stage) => ({ stage, count: on(stage).length, current: holder(stage) })),
  };
}
