import type { RuleResult } from "../../../domain/governance/decision.js";
import type { PolicyDefinition } from "../../../domain/governance/policy.js";
import type { RecordedRule } from "../../../domain/governance/replay/past-promotion.js";
import type { QueryClient } from "./moves.js";

type Placed = Pick<RuleResult, "policy" | "revision">;

/** The events of policies that are read to find what an earlier revision said: the newest of them. */
const EVENTS_MAX = 1_000;

const keyOf = ({ policy, revision }: Placed) => `${revision} ${policy}`;

/** What policies said at the revisions that decisions name: as they are now, or as the log has them. Each policy is read once. */
export class RecordedDefinitions {
  private readonly definitions = new Map<string, PolicyDefinition>();
  private readonly known = new Set<string>();
  private readonly db: QueryClient;

  constructor(db: QueryClient) {
    this.db = db;
  }

  /** Reads the policies that the results name, in one statement; in none if they are known. */
  async read(results: readonly Placed[]): Promise<void> {
    const names = [...new Set(results.map(({ policy }) => policy))].filter((name) => !this.known.has(name));
    if (names.length === 0) return;
    for (const name of names) this.known.add(name);
    const rows = await this.db.$queryRaw<(Placed & { definition: PolicyDefinition })[]>`
      SELECT p."name" AS "policy", p."revision", p."definition" FROM "Policy" AS p WHERE p."name" = ANY (${names}::text[])
      UNION ALL
      SELECT e."after"->>'name', (e."after"->>'revision')::int, e."after"->'definition'
      FROM (
        SELECT e."body"::jsonb->'after' AS "after" FROM "Event" AS e
        WHERE e."type" = 'policy.applied' AND e."subjectId" IN (
          SELECT p."id"::text FROM "Policy" AS p WHERE p."name" = ANY (${names}::text[]))
        ORDER BY e."revision" DESC LIMIT ${EVENTS_MAX}::int
      ) AS e`;
    for (const row of rows) this.definitions.set(keyOf(row), row.definition);
  }

  /** The results with the rules that they are of. Those whose policy of then is gone are left out. */
  rulesOf(results: readonly RuleResult[]): RecordedRule[] {
    return results.flatMap((result) => {
      const rule = this.definitions.get(keyOf(result))?.rules[result.position - 1];
      return rule && rule.kind === result.kind ? [{ ...result, rule }] : [];
    });
  }
}
