import type { People } from "../../../domain/access/people.js";
import { needsOfRules } from "../../../domain/governance/decide.js";
import type { RuleResult } from "../../../domain/governance/decision.js";
import type {
  CheckFact,
  Facts,
  HolderFact,
  RequestFact,
  StayFact,
  TagFact,
  VersionFacts,
} from "../../../domain/governance/facts.js";
import type { PolicyDefinition } from "../../../domain/governance/policy.js";
import type { PastPromotion } from "../../../domain/governance/replay/past-promotion.js";
import { targetOf } from "../../../domain/governance/target.js";
import type { Stage } from "../../../domain/versions/stage.js";
import { Prisma } from "../../generated/client.js";
import {
  checksOf,
  isRunDeleted,
  REGISTRANT,
  type Read,
  RUN,
  requestJson,
  tagsOf,
  toApproval,
  toCheck,
  toStay,
} from "../facts.js";
import type { Move, QueryClient } from "./moves.js";

/** A past promotion, and the results of its decision with the rules of which they are not known yet. */
export interface PastRow {
  readonly past: Omit<PastPromotion, "recorded">;
  readonly results: readonly RuleResult[];
}

type Holder = HolderFact & { readonly isReplaced: boolean };

interface Row
  extends Omit<
    VersionFacts,
    "descriptionHash" | "contentsHash" | "stage" | "stageEntry" | "holdsTarget" | "datasetInputs"
  > {
  readonly id: string;
  readonly tags: readonly TagFact[];
  readonly stays: readonly Read<StayFact>[];
  readonly holders: readonly Holder[];
  readonly checks: readonly Read<CheckFact>[];
  readonly executed:
    | (Omit<RequestFact, "approvals" | "staleReasons"> & {
        readonly approvals: readonly Read<RequestFact["approvals"][number]>[];
      })
    | null;
  readonly hadRequest: boolean;
  readonly wasThere: boolean;
  readonly unchanged: PastPromotion["unchanged"];
  readonly decision: { readonly isRollback: boolean; readonly rules: readonly RuleResult[] } | null;
}

/** What the history says about the moment before each move, as far as a draft's rules look at it. One statement. */
export async function readPast(
  db: QueryClient,
  { rules }: Pick<PolicyDefinition, "rules">,
  moves: readonly Move[],
  people: People,
): Promise<Map<string, PastRow>> {
  const needs = needsOfRules(rules);
  const places = rules.flatMap((rule) => (rule.kind === "previous" ? [rule] : []));
  const kinds = rules.map(({ kind }) => kind);
  const rows = await db.$queryRaw<Row[]>`
    SELECT p."id"::text AS "id", v."number", v."digest", v."signature" IS NOT NULL AS "hasSignature",
      coalesce(v."description", '') <> '' AS "hasDescription",
      ${REGISTRANT} AS "registrant",
      ${RUN} AS "run",
      ${isRunDeleted(Prisma.sql`v."runId"`)} AS "isRunDeleted",
      ${tagsOf(needs)} AS "tags",
      ${staysAt(
        places.flatMap(({ stage }) => stage ?? []),
        places.flatMap(({ alias }) => alias ?? []),
      )} AS "stays",
      ${HOLDERS} AS "holders",
      ${checksOf(needs, Prisma.sql`"reportedAt" <= p."at"`)} AS "checks",
      ${EXECUTED} AS "executed",
      EXISTS (SELECT FROM "PromotionRequest" AS q WHERE q."versionId" = v."id"
        AND q."stage" IS NOT DISTINCT FROM p."stage"::"Stage" AND q."alias" IS NOT DISTINCT FROM p."alias"
        AND q."createdByIssuer" = p."actorIssuer" AND q."createdBySubject" = p."actorSubject"
        AND q."createdAt" <= p."at" AND (q."closedAt" IS NULL OR q."closedAt" >= p."at")) AS "hadRequest",
      EXISTS (SELECT FROM "StageStay" AS s WHERE s."modelId" = v."modelId" AND s."stage" = p."stage"::"Stage"
          AND s."versionId" = v."id" AND s."revision" < p."revision")
        OR EXISTS (SELECT FROM "AliasStay" AS s WHERE s."modelId" = v."modelId" AND s."name" = p."alias"
          AND s."versionId" = v."id" AND s."revision" < p."revision") AS "wasThere",
      ${unchangedSince(needs.tags ?? [])} AS "unchanged",
      (SELECT json_build_object('isRollback', d."isRollback", 'rules', coalesce((
          SELECT jsonb_agg(r) FROM jsonb_array_elements(d."rules") AS r WHERE r->>'kind' = ANY (${kinds}::text[])), '[]'))
        FROM "PromotionDecision" AS d WHERE d."id" = p."id") AS "decision"
    FROM jsonb_to_recordset(${JSON.stringify(moves.map(toParameter))}::jsonb) AS p("id" uuid, "versionId" uuid, "stage" text,
      "alias" text, "at" timestamptz, "revision" bigint, "actorIssuer" text, "actorSubject" text)
    JOIN "ModelVersion" AS v ON v."id" = p."versionId"`;
  const byId = new Map(moves.map((move) => [move.id, move]));
  return new Map(
    rows.flatMap((row) => {
      const move = byId.get(row.id);
      return move ? [[row.id, toPast(row, move, people)] as const] : [];
    }),
  );
}

function toParameter({ id, versionId, stage, alias, at, revision, actorIssuer, actorSubject }: Move) {
  return {
    id,
    versionId,
    stage,
    alias,
    at: at.toISOString(),
    revision: revision.toString(),
    actorIssuer,
    actorSubject,
  };
}

/** A stay that the move itself, or what came after it in its transaction, ended was lasting. */
function staysAt(stages: readonly Stage[], aliases: readonly string[]): Prisma.Sql {
  return Prisma.sql`coalesce((
    SELECT json_agg(json_build_object('stage', s."stage", 'alias', s."alias", 'since', s."since", 'until', s."until") ORDER BY s."since")
    FROM (
      SELECT s."stage", NULL::text AS "alias", s."since", CASE WHEN s."until" < p."at" OR (s."until" = p."at" AND EXISTS (
        SELECT FROM "StageTransition" AS t WHERE t."versionId" = s."versionId"
          AND t."revision" > s."revision" AND t."revision" < p."revision")) THEN s."until" END AS "until"
      FROM "StageStay" AS s WHERE s."modelId" = v."modelId" AND s."stage" = ANY (${[...stages]}::text[]::"Stage"[])
        AND s."versionId" = v."id" AND s."revision" < p."revision"
      UNION ALL
      SELECT NULL, s."name", s."since", CASE WHEN s."until" < p."at" OR (s."until" = p."at" AND EXISTS (
        SELECT FROM "AliasTransition" AS t WHERE t."modelId" = s."modelId" AND t."alias" = s."name"
          AND t."revision" > s."revision" AND t."revision" < p."revision")) THEN s."until" END
      FROM "AliasStay" AS s WHERE s."modelId" = v."modelId" AND s."name" = ANY (${[...aliases]}::text[])
        AND s."versionId" = v."id" AND s."revision" < p."revision"
    ) AS s), '[]')`;
}

/** The other versions in the stage, and whether the move archived them. An alias has one holder always. */
const HOLDERS = Prisma.sql`coalesce((
  SELECT json_agg(json_build_object('id', h."id", 'number', h."number", 'isRunDeleted', false, 'isReplaced', EXISTS (
      SELECT FROM "StageTransition" AS t WHERE t."versionId" = h."id" AND t."from" = s."stage" AND t."to" = 'ARCHIVED'
        AND t."at" = p."at" AND t."revision" > p."revision")) ORDER BY s."revision" DESC)
  FROM "StageStay" AS s JOIN "ModelVersion" AS h ON h."id" = s."versionId"
  WHERE s."modelId" = v."modelId" AND s."stage" = p."stage"::"Stage" AND s."versionId" <> v."id" AND s."revision" < p."revision"
    AND (s."until" IS NULL OR s."until" > p."at" OR (s."until" = p."at" AND NOT EXISTS (
      SELECT FROM "StageTransition" AS t WHERE t."versionId" = s."versionId"
        AND t."revision" > s."revision" AND t."revision" < p."revision")))), '[]')`;

/** It was executed, so its requester was not revoked. */
const AT_THE_TIME = { counts: Prisma.sql`a."at" <= p."at"`, isRevoked: Prisma.sql`false` };
const EXECUTED = Prisma.sql`(
  SELECT ${requestJson(AT_THE_TIME)} FROM "PromotionRequest" AS q WHERE q."decisionId" = p."id" LIMIT 1)`;

/** What is now is what was then, if the log has all events since and none of them changed it. READY fixes what a stage requires. */
function unchangedSince(tags: readonly { readonly on: TagFact["on"] }[]): Prisma.Sql {
  const isWhole = Prisma.sql`(SELECT h."compactedRevision" <= p."revision" FROM "EventHead" AS h WHERE h."id" = 1)`;
  const none = (column: "modelId" | "versionId", types: readonly string[]) => Prisma.sql`(${isWhole} AND NOT EXISTS (
    SELECT FROM "Event" AS e WHERE e.${column === "modelId" ? Prisma.sql`"modelId" = v."modelId"` : Prisma.sql`"versionId" = v."id"`}
      AND e."revision" > p."revision" AND e."type" = ANY (${[...types]}::text[])))`;
  const asksModel = tags.some(({ on }) => on === "MODEL");
  return Prisma.sql`json_build_object(
    'contents', p."stage" IS NOT NULL OR ${none("versionId", ["model_version.updated"])},
    'description', ${none("versionId", ["model_version.updated"])},
    'versionTags', ${none("versionId", ["model_version.tag_set", "model_version.tag_deleted"])},
    'modelTags', ${asksModel}::boolean AND ${none("modelId", ["model.tag_set", "model.tag_deleted"])})`;
}

function toPast(row: Row, move: Move, people: People): PastRow {
  const {
    id: _id,
    tags,
    stays,
    holders,
    checks,
    executed,
    hadRequest,
    wasThere,
    unchanged,
    decision,
    ...version
  } = row;
  const facts: Facts = {
    at: move.at,
    people,
    version: {
      ...version,
      descriptionHash: null,
      contentsHash: "",
      stage: "NONE",
      stageEntry: 0,
      holdsTarget: false,
      datasetInputs: 0,
    },
    tags,
    stays: stays.map(toStay),
    holders,
    metrics: [],
    checks: checks.map(toCheck),
    request: executed && {
      ...executed,
      // it was executed, so it was not stale
      staleReasons: [],
      approvals: executed.approvals.map(toApproval),
    },
  };
  const replacesHolders = move.alias !== null || holders.every(({ isReplaced }) => isReplaced);
  return {
    past: {
      move: { target: targetOf(move), reason: move.reason, replacesHolders },
      isRollback: decision ? decision.isRollback : wasThere ? null : false,
      facts,
      unchanged,
      request: executed ? "EXECUTED" : hadRequest ? "LOST" : "NONE",
    },
    results: decision?.rules ?? [],
  };
}
