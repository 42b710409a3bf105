import type { RuleResult } from "../../../domain/governance/decision.js";
import type { PolicyDefinition } from "../../../domain/governance/policy.js";
import type { RecordedRule } from "../../../domain/governance/replay/past-promotion.js";
import type { QueryClient } from "./moves.js";

type Definitions = ReadonlyMap<string, PolicyDefinition>;
type Placed = Pick<RuleResult, "policy" | "revision">;

/** The events of policies that are read to find what an earlier revision said: the newest of them. */
const EVENTS_MAX = 1_000;

const keyOf = ({ policy, revision }: Placed) => `${revision} ${policy}`;

/** What policies said at the revisions that decisions name: as they are now, or as the log has them. One statement. */
export async function readDefinitions(db: QueryClient, results: readonly Placed[]): Promise<Definitions> {
  if (results.length === 0) return new Map();
  const names = [...new Set(results.map(({ policy }) => policy))];
  const rows = await db.$queryRaw<(Placed & { definition: PolicyDefinition })[]>`
    SELECT p."name" AS "policy", p."revision", p."definition" FROM "Policy" AS p WHERE p."name" = ANY (${names}::text[])
    UNION ALL
    SELECT e."after"->>'name', (e."after"->>'revision')::int, e."after"->'definition'
    FROM (
      SELECT e."body"::jsonb->'after' AS "after" FROM "Event" AS e
      WHERE e."type" = 'policy.applied' AND e."subjectId" IN (
        SELECT p."id"::text FROM "Policy" AS p WHERE p."name" = ANY (${names}::text[]))
      ORDER BY e."revision" DESC LIMIT ${EVENTS_MAX}::int
    ) AS e`;
  const wanted = new Set(results.map(keyOf));
  return new Map(rows.map((row) => [keyOf(row), row.definition] as const).filter(([key]) => wanted.has(key)));
}

/** The results with the rules that they are of. Those whose policy of then is gone are left out. */
export function recordedRules(results: readonly RuleResult[], definitions: Definitions): RecordedRule[] {
  return results.flatMap((result) => {
    const rule = definitions.get(keyOf(result))?.rules[result.position - 1];
    return rule && rule.kind === result.kind ? [{ ...result, rule }] : [];
  });
}
