import type { Viewer } from "../../domain/access/actor.js";
import { holdsScope } from "../../domain/access/scopes.js";
import type {
  Leave,
  NextPromotion,
  OverrideReview,
  ProofState,
  ReportedDecision,
  ReportedPromotion,
  ReportedRequest,
} from "../../domain/reports/reported-promotion.js";
import { sees } from "../access/visibility-sql.js";
import { WHOLE_PAGE_BYTES } from "../events/event-query.js";
import { Prisma } from "../generated/client.js";
import type { ReportDatabase } from "./promotion-page.js";

/** A promotion with all that there is once for each. JSON holds times as text. */
export interface PromotionRow
  extends Omit<
    ReportedPromotion,
    "decision" | "request" | "metrics" | "datasets" | "served" | "left" | "next" | "proof" | "notes"
  > {
  readonly decision: DecisionRow | null;
  readonly request: RequestRow | null;
  readonly hasRun: boolean;
  readonly previousRunId: string | null;
  readonly hasPreviousRun: boolean;
  readonly until: Date | null;
  readonly left: LeaveRow | null;
  readonly next: NextRow | null;
  readonly state: ProofState;
  readonly hash: string | null;
  /** How many promotions the page would have if their decisions were smaller. */
  readonly found: number;
}

interface DecisionRow extends Omit<ReportedDecision, "overrideReview"> {
  readonly overrideReview: (Omit<OverrideReview, "at"> & { readonly at: string }) | null;
}

type RequestRow = Omit<ReportedRequest, "createdAt" | "reviews"> & { readonly createdAt: string };
type LeaveRow = Omit<Leave, "revision" | "at"> & { readonly revision: number; readonly at: string };
type NextRow = Omit<NextPromotion, "revision" | "at"> & { readonly revision: number; readonly at: string };

/**
 * Reads the promotions of a page in one statement, and fewer of them if the texts of their rules together are very large: a
 * decision may have some megabytes. A page has at least two promotions, so that a reader advances.
 */
export function readPromotionRows(
  db: ReportDatabase,
  viewer: Viewer,
  page: Prisma.Sql,
  newestFirst: boolean,
): Promise<PromotionRow[]> {
  const order = newestFirst ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  return db.$queryRaw<PromotionRow[]>`
    WITH "found" AS MATERIALIZED (${page}), "page" AS MATERIALIZED (
      SELECT f.*, row_number() OVER (ORDER BY f."revision" ${order}) AS "position",
        sum(octet_length(d."rules"::text)) OVER (
          ORDER BY f."revision" ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS "bytes"
      FROM "found" AS f LEFT JOIN "PromotionDecision" AS d ON d."revision" = f."revision"
    )
    SELECT (SELECT count(*)::int FROM "found") AS "found", p."revision", coalesce(t."id", a."id") AS "eventId", p."at", p."modelId", p."modelName", m."name" AS "currentModelName",
      m."deletedAt" IS NOT NULL AS "isModelDeleted", p."versionId", v."number" AS "versionNumber",
      v."deletedAt" IS NOT NULL AS "isVersionDeleted", v."digest", p."stage"::text AS "stage", p."alias", t."from"::text AS "fromStage",
      h."number" AS "previousVersionNumber", p."heldBefore", ${actorOf("mv")} AS "actor", mv."reason",
      CASE WHEN d."id" IS NOT NULL THEN jsonb_build_object('isRollback', d."isRollback", 'overrideReason', d."overrideReason",
        'policies', d."policies", 'rules', d."rules", 'onBehalfOf', ${ON_BEHALF_OF}, 'overrideReview', ${OVERRIDE_REVIEW}) END AS "decision",
      ${REQUEST} AS "request", v."runId" IS NOT NULL AS "hasRun", coalesce(h."runId" IS NOT NULL, false) AS "hasPreviousRun",
      ${visibleRunId(viewer, Prisma.sql`v."runId"`)} AS "runId", ${visibleRunId(viewer, Prisma.sql`h."runId"`)} AS "previousRunId",
      coalesce(s."until", w."until") AS "until", ${LEFT_BY} AS "left", ${NEXT} AS "next", ${STATE} AS "state", encode(coalesce(ev."hash", p."hash"), 'hex') AS "hash"
    FROM "page" AS p
    JOIN "Model" AS m ON m."id" = p."modelId"
    JOIN "ModelVersion" AS v ON v."id" = p."versionId"
    LEFT JOIN "StageTransition" AS t ON t."revision" = p."revision"
    LEFT JOIN "AliasTransition" AS a ON a."revision" = p."revision"
    CROSS JOIN LATERAL (SELECT coalesce(t."reason", a."reason") AS "reason", coalesce(t."actorIssuer", a."actorIssuer") AS "actorIssuer",
      coalesce(t."actorSubject", a."actorSubject") AS "actorSubject", coalesce(t."actorName", a."actorName") AS "actorName",
      coalesce(t."actorKind", a."actorKind") AS "actorKind") AS mv
    LEFT JOIN "ModelVersion" AS h ON h."id" = p."previousId"
    LEFT JOIN "StageStay" AS s ON s."revision" = p."revision"
    LEFT JOIN "AliasStay" AS w ON w."revision" = p."revision"
    LEFT JOIN "PromotionDecision" AS d ON d."revision" = p."revision"
    LEFT JOIN "Event" AS ev ON ev."revision" = p."revision"
    CROSS JOIN "EventHead" AS head
    WHERE p."position" <= 2 OR coalesce(p."bytes", 0) < ${WHOLE_PAGE_BYTES}::int
    ORDER BY p."revision" ${order}`;
}

function actorOf(alias: string): Prisma.Sql {
  const column = (name: string) => Prisma.raw(`${alias}."actor${name}"`);
  return Prisma.sql`json_build_object('issuer', ${column("Issuer")}, 'subject', ${column("Subject")}, 'name', ${column("Name")}, 'kind', ${column("Kind")})`;
}

const ON_BEHALF_OF = Prisma.sql`CASE WHEN d."onBehalfOfSubject" IS NOT NULL THEN jsonb_build_object(
  'issuer', d."onBehalfOfIssuer", 'subject', d."onBehalfOfSubject", 'name', d."onBehalfOfName", 'kind', d."onBehalfOfKind") END`;

const OVERRIDE_REVIEW = Prisma.sql`(
  SELECT jsonb_build_object('at', w."at", 'comment', w."comment", 'reviewer', jsonb_build_object('issuer', w."reviewerIssuer",
    'subject', w."reviewerSubject", 'name', w."reviewerName", 'kind', w."reviewerKind"))
  FROM "OverrideReview" AS w WHERE w."decisionId" = d."id")`;

/** A run that is deleted, or that the viewer may not read, is none. */
function visibleRunId(viewer: Viewer, id: Prisma.Sql): Prisma.Sql {
  if (!holdsScope(viewer.scopes, "runs:read")) return Prisma.sql`NULL::text`;
  return Prisma.sql`(SELECT r."id" FROM "Run" AS r JOIN "Experiment" AS x ON x."id" = r."experimentId"
    WHERE r."id" = ${id} AND ${sees("Run", viewer, { row: "r", joined: { experiment: "x" } })})`;
}

const REQUEST = Prisma.sql`(
  SELECT json_build_object('id', q."id", 'reason', q."reason", 'createdAt', q."createdAt", 'round', q."round", 'requestedBy',
    json_build_object('issuer', q."createdByIssuer", 'subject', q."createdBySubject", 'name', q."createdByName", 'kind', q."createdByKind"))
  FROM "PromotionRequest" AS q WHERE q."decisionId" = d."id" ORDER BY q."createdAt" LIMIT 1)`;

/** The move that took the version off the target, by the history of stages or of aliases. */
const LEFT_BY = Prisma.sql`CASE WHEN p."stage" IS NOT NULL THEN (
    SELECT json_build_object('revision', l."revision", 'at', l."at", 'toStage', l."to", 'reason', l."reason", 'actor', ${actorOf("l")})
    FROM "StageTransition" AS l WHERE l."versionId" = p."versionId" AND l."revision" > p."revision"
    ORDER BY l."revision" LIMIT 1)
  ELSE (
    SELECT json_build_object('revision', l."revision", 'at', l."at", 'toStage', NULL, 'reason', l."reason", 'actor', ${actorOf("l")})
    FROM "AliasTransition" AS l WHERE l."fromVersionId" = p."versionId" AND l."alias" = p."alias" AND l."revision" > p."revision"
    ORDER BY l."revision" LIMIT 1) END`;

const NEXT_FIELDS = Prisma.sql`SELECT json_build_object('revision', n."revision", 'at', n."at", 'versionNumber', nv."number", 'heldBefore', n."heldBefore")
  FROM "Promotion" AS n JOIN "ModelVersion" AS nv ON nv."id" = n."versionId"
  WHERE n."modelId" = p."modelId" AND n."revision" > p."revision"`;
const NEXT = Prisma.sql`CASE WHEN p."stage" IS NOT NULL
  THEN (${NEXT_FIELDS} AND n."stage" = p."stage" ORDER BY n."revision" LIMIT 1)
  ELSE (${NEXT_FIELDS} AND n."alias" = p."alias" ORDER BY n."revision" LIMIT 1) END`;

/** The body is parsed once, and only if it decides: OFFSET 0 keeps the planner from writing the cast at each use. */
const AFTER = Prisma.sql`b."told"->'after'`;
const REQUESTER = Prisma.sql`b."told"->'actor'->'onBehalfOf'`;
const BODY_STATE = Prisma.sql`(
  SELECT CASE
    WHEN ${AFTER}->>'reason' IS DISTINCT FROM mv."reason"
      OR ${AFTER}->'decision'->'policies' IS DISTINCT FROM d."policies"
      OR ${AFTER}->'decision'->'rules' IS DISTINCT FROM d."rules"
      OR (${REQUESTER}->>'issuer', ${REQUESTER}->>'subject', ${REQUESTER}->>'name', ${REQUESTER}->>'kind')
        IS DISTINCT FROM (d."onBehalfOfIssuer", d."onBehalfOfSubject", d."onBehalfOfName", d."onBehalfOfKind"::text)
      OR (${AFTER}->'decision'->>'isRollback')::boolean IS DISTINCT FROM d."isRollback"
      OR ${AFTER}->'decision'->'override'->>'reason' IS DISTINCT FROM d."overrideReason"
    THEN 'DIFFERS' ELSE 'LOG' END
  FROM (SELECT ev."body"::jsonb AS "told" OFFSET 0) AS b)`;

/** Every value of the line that the event holds, too, is compared with the event. */
const STATE = Prisma.sql`CASE
  WHEN p."revision" <= head."compactedRevision" THEN 'COMPACTED'
  WHEN ev."revision" IS NULL THEN 'DIFFERS'
  WHEN (ev."hash", ev."at", ev."modelId", ev."modelName", ev."versionId", ev."toStage", ev."alias", ev."fromStage")
      IS DISTINCT FROM (p."hash", p."at", p."modelId", p."modelName", p."versionId", p."stage", p."alias", t."from")
    OR (ev."actorIssuer", ev."actorSubject", ev."actorName", ev."actorKind")
      IS DISTINCT FROM (mv."actorIssuer", mv."actorSubject", mv."actorName", mv."actorKind")
    OR ev."versionNumber" IS DISTINCT FROM v."number"
  THEN 'DIFFERS' ELSE ${BODY_STATE} END`;
