import type { Policy } from "../../domain/governance/policy.js";
import { groupBy } from "../../util/group-by.js";
import type { Transaction } from "../connection/transaction.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

type QueryClient = Pick<PrismaClient, "$queryRaw">;

/**
 * Keeps policies as they are until the transaction ends, together with other transactions that do so. Returns whether any is
 * in force. Must be the first lock of a transaction: a change of policies locks models after it.
 */
export async function sharePolicies(tx: Transaction): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ exist: boolean }[]>`SELECT "share_policies"() AS "exist"`;
  return row?.exist ?? false;
}

/** Waits until nobody shares the policies, and keeps them for the transaction alone. */
export async function lockPolicies(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT "lock_policies"()::text`;
}

const IS_ENFORCED = Prisma.sql`p."mode" = 'ENFORCE' AND p."deletedAt" IS NULL`;
const COLUMNS = Prisma.sql`p."name", p."revision", p."mode"::text AS "mode", p."definition"`;

/** The policies in force that select the model, by name. */
export async function readPoliciesOf(db: QueryClient, modelId: string): Promise<readonly Policy[]> {
  return (await readPoliciesOfEach(db, [modelId])).get(modelId) ?? [];
}

/** The same for each of several models, by their ids; a model without any is not in the map. */
export async function readPoliciesOfEach(
  db: QueryClient,
  modelIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Policy[]>> {
  const rows = await db.$queryRaw<(Policy & { modelId: string })[]>`
    SELECT m."id" AS "modelId", ${COLUMNS}
    FROM (SELECT "id", "name", "selector_tags"("id") AS "tags" FROM "Model" WHERE "id" = ANY (${modelIds}::uuid[])) AS m
      JOIN "Policy" AS p ON "is_in_force"(p) AND "selector_matches"(p."modelPatterns", p."selectorTags", m."name", m."tags")
    ORDER BY p."name"`;
  const groups = groupBy(rows, ({ modelId }) => modelId);
  return new Map([...groups].map(([id, group]) => [id, group.map(({ modelId: _, ...policy }) => policy)]));
}

/** What a selector looks at. */
export interface Selected {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

function selects({ name, tags }: Selected): Prisma.Sql {
  return Prisma.sql`"selector_matches"(p."modelPatterns", p."selectorTags", ${name}, ${JSON.stringify(tags)}::jsonb)`;
}

/** The tags of a model that some selector in force looks at. */
export async function readSelectorTags(db: QueryClient, modelId: string): Promise<Selected["tags"]> {
  const [row] = await db.$queryRaw<{ tags: Record<string, string> }[]>`
    SELECT "selector_tags"(${modelId}::uuid) AS "tags"`;
  return row?.tags ?? {};
}

/**
 * The enforced policies that select only one of two states of a model, and those whose names of models it enters with a tag
 * that keeps it out: under its old name nobody was asked about the tag.
 */
export function readChangedPolicies(db: QueryClient, before: Selected, after: Selected): Promise<Policy[]> {
  return db.$queryRaw<Policy[]>`
    SELECT ${COLUMNS} FROM "Policy" AS p
    WHERE ${IS_ENFORCED} AND (
      ${selects(before)} <> ${selects(after)}
      OR (${after.name} LIKE ANY (p."modelPatterns") AND NOT ${before.name} LIKE ANY (p."modelPatterns")))
    ORDER BY p."name"`;
}

/** A policy, and whether it holds for an object now. */
export interface Protection {
  readonly policy: Policy;
  /** Whether the selector selects the model; otherwise its name matches, but not its tags. */
  readonly isSelected: boolean;
  /** Whether the version holds the policy's target, or any version of the model if none is given. */
  readonly isHeld: boolean;
}

/** The enforced policies whose names of models match, for what they protect on a model or on one of its versions. */
export async function readProtections(
  db: QueryClient,
  { modelId, versionId }: { readonly modelId: string; readonly versionId: string | null },
): Promise<Protection[]> {
  const rows = await db.$queryRaw<(Policy & Omit<Protection, "policy">)[]>`
    SELECT ${COLUMNS},
      "selector_matches"(p."modelPatterns", p."selectorTags", m."name", m."tags") AS "isSelected",
      EXISTS (
        SELECT FROM "ModelVersion" AS v
        WHERE v."modelId" = m."id" AND v."deletedAt" IS NULL
          AND (${versionId}::uuid IS NULL OR v."id" = ${versionId}::uuid)
          AND (v."stage" = ANY (p."stages") OR EXISTS (
            SELECT FROM "Alias" AS a WHERE a."versionId" = v."id" AND a."name" LIKE ANY (p."aliasPatterns")))
      ) AS "isHeld"
    FROM "Policy" AS p,
      (SELECT "id", "name", "selector_tags"("id") AS "tags" FROM "Model" WHERE "id" = ${modelId}::uuid) AS m
    WHERE ${IS_ENFORCED} AND m."name" LIKE ANY (p."modelPatterns")
    ORDER BY p."name"`;
  return rows.map(({ isSelected, isHeld, ...policy }) => ({ policy, isSelected, isHeld }));
}

/** The enforced policies whose names of models match a name that no model has yet. */
export async function readProtectionsOfNew(db: QueryClient, model: Selected): Promise<Protection[]> {
  const rows = await db.$queryRaw<(Policy & { isSelected: boolean })[]>`
    SELECT ${COLUMNS},
      ${selects(model)} AS "isSelected"
    FROM "Policy" AS p
    WHERE ${IS_ENFORCED} AND ${model.name} LIKE ANY (p."modelPatterns")
    ORDER BY p."name"`;
  return rows.map(({ isSelected, ...policy }) => ({ policy, isSelected, isHeld: false }));
}

/** Keeps `exclusiveStage` of one model's versions by what policies say now, or of all models for null. */
export async function settleExclusiveStages(tx: Transaction, modelId: string | null): Promise<void> {
  await tx.$queryRaw`SELECT "settle_exclusive_stages"(${modelId}::uuid)::text`;
}

export interface SharedStage {
  readonly modelName: string;
  readonly stage: string;
  readonly numbers: readonly number[];
}

/** The stages that may have one holder and have several, the first by name; of one model, or of all for null. */
export function findSharedStages(tx: Transaction, modelId: string | null, limit: number): Promise<SharedStage[]> {
  return tx.$queryRaw<SharedStage[]>`
    SELECT m."name" AS "modelName", v."exclusiveStage"::text AS "stage", array_agg(v."number" ORDER BY v."number") AS "numbers"
    FROM "ModelVersion" AS v JOIN "Model" AS m ON m."id" = v."modelId"
    WHERE v."exclusiveStage" IS NOT NULL AND (${modelId}::uuid IS NULL OR v."modelId" = ${modelId}::uuid)
    GROUP BY m."id", m."name", v."exclusiveStage" HAVING count(*) > 1
    ORDER BY m."name", 2 LIMIT ${limit}::int`;
}
