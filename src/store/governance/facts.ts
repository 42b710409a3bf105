import type { Identity } from "../../domain/access/people.js";
import type {
  CheckFact,
  Facts,
  HolderFact,
  MetricFact,
  Needs,
  RequestFact,
  StayFact,
  TagFact,
  VersionFacts,
} from "../../domain/governance/facts.js";
import type { PromotionTarget } from "../../domain/governance/target.js";
import { fromRank } from "../../domain/tracking/metric.js";
import { isTokenRevoked } from "../access/revoked-sql.js";
import { Prisma, type PrismaClient } from "../generated/client.js";

interface FactsWanted {
  readonly versionId: string;
  readonly target: PromotionTarget;
  readonly needs: Needs;
  readonly at: Date;
  /** Whose request counts. */
  readonly requester: Identity;
}

/** What JSON makes of the facts: times are text, and ranks are text since they have 64 bits. */
export type Read<T> = {
  readonly [Key in keyof T]: T[Key] extends Date ? string : T[Key] extends Date | null ? string | null : T[Key];
};

interface FactsRow extends VersionFacts {
  readonly tags: readonly TagFact[];
  readonly stays: readonly Read<StayFact>[];
  readonly holders: readonly HolderFact[];
  readonly metrics: readonly (Read<Omit<MetricFact, "value">> & { readonly rank: string })[];
  readonly checks: readonly Read<CheckFact>[];
  readonly request:
    | (Omit<RequestFact, "approvals" | "staleReasons"> & { readonly approvals: readonly Approval[] })
    | null;
}

type Approval = Read<RequestFact["approvals"][number]>;

/** Reads all that the rules look at, at one moment, in one statement. A deleted run is no evidence: nobody could look it up. */
export async function readFacts(
  db: Pick<PrismaClient, "$queryRaw">,
  { versionId, target, needs, at, requester }: FactsWanted,
): Promise<Omit<Facts, "people">> {
  const [row] = await db.$queryRaw<FactsRow[]>`
    WITH candidate AS (
      SELECT v.* FROM "ModelVersion" AS v WHERE v."id" = ${versionId}::uuid
    ), holders AS (${holdersOf(target)})
    SELECT v."number", v."digest", v."signature" IS NOT NULL AS "hasSignature",
      coalesce(v."description", '') <> '' AS "hasDescription",
      ${RUN} AS "run",
      ${isRunDeleted(Prisma.sql`v."runId"`)} AS "isRunDeleted",
      (SELECT count(*)::int FROM "LineageEdge" AS l
        WHERE l."toRunId" = v."runId" AND l."fromDatasetId" IS NOT NULL) AS "datasetInputs",
      ${tagsOf(needs)} AS "tags",
      ${STAYS} AS "stays",
      coalesce((SELECT json_agg(json_build_object('id', h."id", 'number', h."number", 'isRunDeleted', ${isRunDeleted(Prisma.sql`h."runId"`)})
        ORDER BY h."entry" DESC)
        FROM holders AS h), '[]') AS "holders",
      ${metricsOf(needs)} AS "metrics",
      ${checksOf(needs)} AS "checks",
      md5(nullif(v."description", '')) AS "descriptionHash",
      md5(json_build_array(v."source", v."digest", v."signature", v."flavors", v."runId")::text) AS "contentsHash", v."stage"::text AS "stage", v."stageEntry"::float8 AS "stageEntry",
      ${holdsTarget(target)} AS "holdsTarget",
      ${REGISTRANT} AS "registrant",
      ${requestOf(target, requester, at)} AS "request"
    FROM candidate AS v`;
  if (!row) throw new Error("The version of a promotion is gone.");
  return toFacts(row, at);
}

/** The other versions that hold the target, with a number that rises with the order in which they came to hold it. */
function holdersOf(target: PromotionTarget): Prisma.Sql {
  if ("stage" in target) {
    return Prisma.sql`
      SELECT h."id", h."number", h."runId", h."stageEntry" AS "entry" FROM candidate AS c
      JOIN "ModelVersion" AS h ON h."modelId" = c."modelId" AND h."stage" = ${target.stage}::"Stage"
        AND h."deletedAt" IS NULL AND h."id" <> c."id"`;
  }
  return Prisma.sql`
    SELECT h."id", h."number", h."runId", 0::bigint AS "entry" FROM candidate AS c
    JOIN "Alias" AS a ON a."modelId" = c."modelId" AND a."name" = ${target.alias}
    JOIN "ModelVersion" AS h ON h."id" = a."versionId" AND h."id" <> c."id"`;
}

function holdsTarget(target: PromotionTarget): Prisma.Sql {
  if ("stage" in target) return Prisma.sql`v."stage" = ${target.stage}::"Stage"`;
  return Prisma.sql`EXISTS (
    SELECT FROM "Alias" AS a WHERE a."modelId" = v."modelId" AND a."name" = ${target.alias} AND a."versionId" = v."id")`;
}

/** The run of the version `v`; null if it is deleted. */
export const RUN = Prisma.sql`(
  SELECT json_build_object('id', r."id", 'status', r."status", 'experimentName', e."name")
  FROM "Run" AS r JOIN "Experiment" AS e ON e."id" = r."experimentId"
  WHERE r."id" = v."runId" AND r."deletedAt" IS NULL AND e."deletedAt" IS NULL)`;

/** Who registered the version `v`. */
export const REGISTRANT = Prisma.sql`json_build_object('issuer', v."createdByIssuer", 'subject', v."createdBySubject")`;

/** Whether there was a run with this id, and it or its experiment is deleted. */
export function isRunDeleted(id: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT FROM "Run" AS r JOIN "Experiment" AS e ON e."id" = r."experimentId"
    WHERE r."id" = ${id} AND (r."deletedAt" IS NOT NULL OR e."deletedAt" IS NOT NULL))`;
}

/** The author of a row, as JSON; null if it is not known. */
export function authorOf(id: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    SELECT json_build_object('issuer', w."issuer", 'subject', w."subject", 'name', w."name", 'kind', w."kind",
      'scopes', w."scopes", 'groups', w."groups")
    FROM "Author" AS w WHERE w."id" = ${id})`;
}

/** The tags of the version `v` and of its model. */
export function tagsOf({ tags = [] }: Needs): Prisma.Sql {
  const keysOn = (on: TagFact["on"]) => tags.filter((tag) => tag.on === on).map(({ key }) => key);
  const author = authorOf(Prisma.sql`t."setById"`);
  return Prisma.sql`coalesce((
    SELECT json_agg(json_build_object('on', t."on", 'key', t."key", 'value', t."value", 'author', ${author}))
    FROM (
      SELECT 'MODEL' AS "on", "key", "value", "setById" FROM "ModelTag"
      WHERE "modelId" = v."modelId" AND "key" = ANY (${keysOn("MODEL")}::text[])
      UNION ALL
      SELECT 'VERSION', "key", "value", "setById" FROM "ModelVersionTag"
      WHERE "versionId" = v."id" AND "key" = ANY (${keysOn("VERSION")}::text[])
    ) AS t), '[]')`;
}

const STAYS = Prisma.sql`coalesce((
  SELECT json_agg(json_build_object('stage', s."stage", 'alias', s."alias", 'since', s."since", 'until', s."until")
    ORDER BY s."since")
  FROM (
    SELECT "stage", NULL::text AS "alias", "since", "until" FROM "StageStay" WHERE "versionId" = v."id"
    UNION ALL
    SELECT NULL, "name", "since", "until" FROM "AliasStay" WHERE "modelId" = v."modelId" AND "versionId" = v."id"
  ) AS s), '[]')`;

/** Of the version's run and of the current holder's, the first of the holders. */
function metricsOf({ metrics = [] }: Needs): Prisma.Sql {
  return Prisma.sql`coalesce((
    SELECT json_agg(json_build_object('versionNumber', r."number", 'runId', r."runId", 'experimentName', e."name",
      'key', s."key", 'rank', s."rank"::text, 'step', s."step", 'timestamp', s."timestamp",
      'datasetDigest', d."digest", 'author', ${authorOf(Prisma.sql`s."authorId"`)}))
    FROM (
      SELECT v."number", v."runId"
      UNION ALL
      (SELECT h."number", h."runId" FROM holders AS h ORDER BY h."entry" DESC LIMIT 1)
    ) AS r
    JOIN "Run" AS run ON run."id" = r."runId" AND run."deletedAt" IS NULL
    JOIN "Experiment" AS e ON e."id" = run."experimentId" AND e."deletedAt" IS NULL
    JOIN "MetricSeries" AS s ON s."runId" = r."runId" AND s."loggedModelId" IS NULL
      AND s."key" = ANY (${[...metrics]}::text[])
    LEFT JOIN "Dataset" AS d ON d."id" = s."datasetId"), '[]')`;
}

/** Of the version `v`, for each name and author the newest that meets the condition on a row of "Check". */
export function checksOf({ checks = [] }: Needs, condition = Prisma.sql`true`): Prisma.Sql {
  return Prisma.sql`coalesce((
    SELECT json_agg(json_build_object('id', c."id", 'name', c."name", 'status', c."status", 'digest', c."digest",
      'reportedAt', c."reportedAt", 'expiresAt', c."expiresAt", 'author', ${authorOf(Prisma.sql`c."authorId"`)})
      ORDER BY c."reportedAt" DESC, c."id" DESC)
    FROM (
      SELECT DISTINCT ON ("name", "authorId") * FROM "Check"
      WHERE "versionId" = v."id" AND "name" = ANY (${[...checks]}::text[]) AND ${condition}
      ORDER BY "name", "authorId", "reportedAt" DESC, "id" DESC
    ) AS c), '[]')`;
}

const REQUESTER_TOKEN = {
  tokenId: Prisma.sql`q."requesterRights"->>'tokenId'`,
  issuedAt: Prisma.sql`(q."requesterRights"->>'issuedAt')::timestamptz`,
  issuer: Prisma.sql`q."createdByIssuer"`,
  subject: Prisma.sql`q."createdBySubject"`,
};
const REVIEWER_TOKEN = {
  tokenId: Prisma.sql`a."tokenId"`,
  issuedAt: Prisma.sql`a."tokenIssuedAt"`,
  issuer: Prisma.sql`a."reviewerIssuer"`,
  subject: Prisma.sql`a."reviewerSubject"`,
};

/** What rules look at of the request `q`, with the approvals `a` of its present round that count. */
export function requestJson({ counts, isRevoked }: { readonly counts: Prisma.Sql; readonly isRevoked: Prisma.Sql }) {
  return Prisma.sql`json_build_object('id', q."id", 'seen', q."seen",
    'replacesHolders', q."archiveExisting" OR q."alias" IS NOT NULL, 'isRevoked', ${isRevoked},
    'requester', json_build_object('issuer', q."createdByIssuer", 'subject', q."createdBySubject"),
    'approvals', coalesce((
      SELECT json_agg(json_build_object('at', a."at", 'author', ${authorOf(Prisma.sql`a."authorId"`)}) ORDER BY a."at", a."id")
      FROM "PromotionReview" AS a
      WHERE a."requestId" = q."id" AND a."round" = q."round" AND a."verdict" = 'APPROVE' AND ${counts}), '[]'))`;
}

/** The live request of one person for the version and the target, with the approvals of its present round. */
function requestOf(target: PromotionTarget, { issuer, subject }: FactsWanted["requester"], at: Date): Prisma.Sql {
  const isTarget =
    "stage" in target ? Prisma.sql`q."stage" = ${target.stage}::"Stage"` : Prisma.sql`q."alias" = ${target.alias}`;
  const counts = Prisma.sql`NOT ${isTokenRevoked(REVIEWER_TOKEN)}`;
  return Prisma.sql`(
    SELECT ${requestJson({ counts, isRevoked: Prisma.sql`q."requesterRights" IS NOT NULL AND ${isTokenRevoked(REQUESTER_TOKEN)}` })}
    FROM "PromotionRequest" AS q
    WHERE q."versionId" = v."id" AND ${isTarget} AND q."status" IN ('OPEN', 'APPROVED') AND q."expiresAt" > ${at}
      AND q."createdByIssuer" = ${issuer} AND q."createdBySubject" = ${subject})`;
}

function toFacts(row: FactsRow, at: Date): Omit<Facts, "people"> {
  const { tags, stays, holders, metrics, checks, request, ...version } = row;
  return {
    at,
    version,
    tags,
    stays: stays.map(toStay),
    holders,
    metrics: metrics.map(({ rank, ...metric }) => ({
      ...metric,
      value: fromRank(BigInt(rank)),
      timestamp: new Date(metric.timestamp),
    })),
    checks: checks.map(toCheck),
    request: request && {
      ...request,
      staleReasons: [],
      approvals: request.approvals.map(toApproval),
    },
  };
}

export function toStay(stay: Read<StayFact>): StayFact {
  return { ...stay, since: new Date(stay.since), until: toDate(stay.until) };
}

export function toCheck(check: Read<CheckFact>): CheckFact {
  return { ...check, reportedAt: new Date(check.reportedAt), expiresAt: toDate(check.expiresAt) };
}

export function toApproval({ at, author }: Approval): RequestFact["approvals"][number] {
  return { at: new Date(at), author };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
