import type { RuleResult } from "../../../src/domain/governance/decision.js";
import type { Database } from "../../../src/store/connection/database.js";

/** The models, versions and aliases of the registry, a line each, and the ids of the living models. */
export async function readState({ pool }: Database): Promise<{ ids: Map<string, string>; lines: string[] }> {
  const { rows } = await pool.query<{ line: string; name: string | null; id: string }>(`
    SELECT concat("name", CASE WHEN "deletedAt" IS NOT NULL THEN ' deleted' END) AS "line", "liveName" AS "name", "id" FROM "Model"
    UNION ALL
    SELECT concat(m."name", '/', v."number", ' ', v."stage", CASE WHEN v."deletedAt" IS NOT NULL THEN ' deleted' END), NULL, m."id"
    FROM "ModelVersion" AS v JOIN "Model" AS m ON m."id" = v."modelId"
    UNION ALL
    SELECT concat(m."name", '@', a."name", ' ', v."number"), NULL, m."id"
    FROM "Alias" AS a JOIN "Model" AS m ON m."id" = a."modelId" JOIN "ModelVersion" AS v ON v."id" = a."versionId"`);
  const ids = new Map(rows.flatMap(({ name, id }) => (name === null ? [] : [[name, id] as const])));
  return { ids, lines: rows.map(({ line }) => line).sort() };
}

/** Who made the newest move onto a stage or an alias, and what its event keeps of the rules. */
export async function readNewestMove({ pool }: Database) {
  const { rows } = await pool.query<{ subject: string; rules: RuleResult[] | null }>(`
    SELECT "actorSubject" AS "subject", "body"::json->'after'->'decision'->'rules' AS "rules" FROM "Event"
    WHERE "commitId" = (SELECT "commitId" FROM "Event" ORDER BY "revision" DESC LIMIT 1)
      AND "type" IN ('model_version.stage_changed', 'alias.set')
    ORDER BY "revision" LIMIT 1`);
  return rows[0] ?? { subject: "nobody", rules: null };
}

/** The ids of events whose row in PromotionDecision is not what their body says, and of rows without an event. */
export async function findStrayDecisions({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(`
    SELECT coalesce(d."id", e."id") AS "id"
    FROM (SELECT *, "body"::jsonb->'after'->'decision' AS "decision" FROM "Event") AS e
    FULL JOIN "PromotionDecision" AS d ON d."id" = e."id"
    WHERE (e."decision" IS NOT NULL OR d."id" IS NOT NULL) AND (
      d."policies" IS DISTINCT FROM e."decision"->'policies' OR d."rules" IS DISTINCT FROM e."decision"->'rules'
      OR d."overrideReason" IS DISTINCT FROM e."decision"->'override'->>'reason'
      OR to_jsonb(d."isRollback") IS DISTINCT FROM e."decision"->'isRollback'
      OR d."stage"::text IS DISTINCT FROM e."decision"->'target'->>'stage' OR d."alias" IS DISTINCT FROM e."decision"->'target'->>'alias'
      OR (d."modelId", d."versionId", d."at", d."revision", d."actorSubject")
        IS DISTINCT FROM (e."modelId", e."versionId", e."at", e."revision", e."actorSubject"))`);
  return rows.map(({ id }) => id);
}

/** The versions that the database keeps alone in their stage although no policy says so, or the other way round. */
export async function findUnsettled({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT "id" FROM "ModelVersion" WHERE "exclusiveStage" IS DISTINCT FROM "exclusive_stage"("modelId", "stage")`,
  );
  return rows.map(({ id }) => id);
}
