import { People } from "../../../src/domain/access/people.js";
import type { RuleResult } from "../../../src/domain/governance/decision.js";
import type { PolicyDefinition } from "../../../src/domain/governance/policy.js";
import { replay } from "../../../src/domain/governance/replay/replay.js";
import type { Database } from "../../../src/store/connection/database.js";
import { readImpact } from "../../../src/store/governance/replay/impact.js";
import { readMoves, readWindow } from "../../../src/store/governance/replay/moves.js";
import { readPast } from "../../../src/store/governance/replay/past.js";

interface Applied {
  readonly name: string;
  readonly revision: number;
  readonly definition: PolicyDefinition;
}

const ALL = { before: null, after: null, newestFirst: true, limit: 1_000 };

/**
 * Replays each revision of each policy over the whole history. Returns what differs from the decisions of then, and how many
 * results were compared, from decisions and from the history alone.
 */
export async function replayPolicies({ prisma, pool }: Database, until: Date) {
  const decisions = new Map(
    (await prisma.promotionDecision.findMany()).map(({ id, rules }) => [id, rules as unknown as RuleResult[]]),
  );
  const { rows } = await pool.query<Applied>(`
    SELECT a->>'name' AS "name", (a->>'revision')::int AS "revision", a->'definition' AS "definition"
    FROM (SELECT "body"::jsonb->'after' AS a FROM "Event" WHERE "type" = 'policy.applied') AS e`);
  const seen = { strays: [] as string[], recorded: 0, computed: 0 };
  for (const { name, revision, definition } of rows) {
    const anywhere = { ...definition, selector: { models: ["*"], tags: [] } };
    const window = await readWindow(prisma, anywhere, { days: 365, until });
    const said = (id: string, position: number) =>
      decisions
        .get(id)
        ?.find((each) => each.policy === name && each.revision === revision && each.position === position);
    const compare = (id: string, { position, status, source }: ReturnType<typeof replay>[number]) => {
      const recorded = said(id, position)?.status;
      if (recorded === undefined || (source === "NONE" && status === "UNKNOWN")) return false;
      // a policy that only evaluates does not record which of the two it was
      const isSame = recorded === "EVALUATED" ? status === "FAILED" || status === "PENDING" : status === recorded;
      if (!isSame) seen.strays.push(`${name} ${revision} ${position} ${id}: ${status} by ${source}, was ${recorded}`);
      return true;
    };
    for (const { id, rules } of await readImpact(prisma, { draft: anywhere, people: new People() }, window, {
      ...ALL,
      verdict: null,
    })) {
      for (const rule of rules) {
        if (compare(id, rule)) seen.recorded++;
        else if (said(id, rule.position)) seen.strays.push(`${name} ${revision} ${rule.position} ${id}: not known`);
      }
    }
    const pasts = await readPast(prisma, anywhere, await readMoves(prisma, anywhere, window, ALL), new People());
    for (const [id, { past }] of pasts)
      for (const rule of replay(anywhere, { ...past, recorded: [] })) if (compare(id, rule)) seen.computed++;
  }
  return seen;
}
