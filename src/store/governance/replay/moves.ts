import type { PolicyDefinition } from "../../../domain/governance/policy.js";
import type { Stage } from "../../../domain/versions/stage.js";
import { likePatterns } from "../../access/like-patterns.js";
import { Prisma, type PrismaClient } from "../../generated/client.js";

export type QueryClient = Pick<PrismaClient, "$queryRaw">;

/** A move of a version onto a target of a policy, as its transition has it. */
export interface Move {
  /** Of the transition, and of the decision if there is one. */
  readonly id: string;
  readonly modelId: string;
  readonly modelName: string;
  readonly versionId: string;
  readonly versionNumber: number;
  readonly stage: Stage | null;
  readonly alias: string | null;
  readonly reason: string | null;
  readonly at: Date;
  readonly revision: bigint;
  readonly actorIssuer: string;
  readonly actorSubject: string;
  readonly actorName: string | null;
  readonly actorKind: "USER" | "MACHINE";
}

/** The promotions that are looked at: the newest of the last days. */
export interface ImpactWindow {
  readonly since: Date;
  readonly until: Date;
  /** The revision of the oldest of them. */
  readonly from: bigint;
  /** How many they are. */
  readonly examined: number;
  /** Whether they are all of the last days. */
  readonly isComplete: boolean;
}

type Target = Pick<PolicyDefinition, "selector" | "target">;

/** More are not looked at: each costs a replay. */
export const EXAMINED_MAX = 5_000;
const DAY_MS = 86_400_000;

/** One statement. */
export async function readWindow(
  db: QueryClient,
  draft: Target,
  { days, until }: { readonly days: number; readonly until: Date },
): Promise<ImpactWindow> {
  const since = new Date(until.getTime() - days * DAY_MS);
  const [row] = await db.$queryRaw<[{ count: number; from: bigint | null }]>`
    WITH moves AS (${movesOf(draft, { since, until })}),
    newest AS (SELECT "revision", row_number() OVER (ORDER BY "revision" DESC) AS "place" FROM moves
      ORDER BY "revision" DESC LIMIT ${EXAMINED_MAX + 1}::int)
    SELECT count(*)::int AS "count", min("revision") FILTER (WHERE "place" <= ${EXAMINED_MAX}::int) AS "from" FROM newest`;
  const { count, from } = row;
  return { since, until, from: from ?? 0n, examined: Math.min(count, EXAMINED_MAX), isComplete: count <= EXAMINED_MAX };
}

export interface MovePage {
  /** Only moves before this revision. */
  readonly before: bigint | null;
  /** Only moves after this revision. */
  readonly after: bigint | null;
  readonly newestFirst: boolean;
  readonly limit: number;
}

/** Moves of the window, by revision. One statement. */
export function readMoves(
  db: QueryClient,
  draft: Target,
  window: ImpactWindow,
  { before, after, newestFirst, limit }: MovePage,
): Promise<Move[]> {
  const order = newestFirst ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  return db.$queryRaw<Move[]>`
    SELECT t.*, v."number" AS "versionNumber"
    FROM (${movesOf(draft, window)}) AS t JOIN "ModelVersion" AS v ON v."id" = t."versionId"
    WHERE t."revision" >= ${window.from}
      AND (${before}::bigint IS NULL OR t."revision" < ${before}::bigint)
      AND (${after}::bigint IS NULL OR t."revision" > ${after}::bigint)
    ORDER BY t."revision" ${order} LIMIT ${limit}::int`;
}

/** By the names and tags that models have now: those of then are not recorded. */
function movesOf({ selector, target }: Target, { since, until }: Pick<ImpactWindow, "since" | "until">): Prisma.Sql {
  const keys = selector.tags.map(({ key }) => key);
  const isSelected = Prisma.sql`m."deletedAt" IS NULL AND "selector_matches"(
    ${likePatterns(selector.models) ?? []}::text[], ${JSON.stringify(selector.tags)}::jsonb, m."name",
    (SELECT coalesce(jsonb_object_agg(k."key", k."value"), '{}') FROM "ModelTag" AS k
      WHERE k."modelId" = m."id" AND k."key" = ANY (${keys}::text[])))`;
  const columns = Prisma.sql`t."id", t."modelId", m."name" AS "modelName", t."reason", t."at", t."revision",
    t."actorIssuer", t."actorSubject", t."actorName", t."actorKind"::text AS "actorKind"`;
  return Prisma.sql`
    SELECT ${columns}, t."versionId", t."to"::text AS "stage", NULL::text AS "alias"
    FROM "StageTransition" AS t JOIN "Model" AS m ON m."id" = t."modelId"
    WHERE t."to" = ANY (${[...target.stages]}::text[]::"Stage"[]) AND t."at" >= ${since} AND t."at" <= ${until} AND ${isSelected}
    UNION ALL
    SELECT ${columns}, t."toVersionId", NULL, t."alias"
    FROM "AliasTransition" AS t JOIN "Model" AS m ON m."id" = t."modelId"
    WHERE t."toVersionId" IS NOT NULL AND t."alias" LIKE ANY (${likePatterns(target.aliases) ?? []}::text[])
      AND t."at" >= ${since} AND t."at" <= ${until} AND ${isSelected}`;
}
