// Each write with the statements that the registry sends today, between BEGIN and COMMIT. Returns the JSON of `data`.
import { randomUUID } from "node:crypto";
import { toRank } from "../../../dist/domain/tracking/metric.js";

const ACTOR = { issuer: "bench", kind: "MACHINE", name: null, subject: "bench" };
const LOCK = `SELECT "id", "name", EXISTS (SELECT FROM "Policy" AS p WHERE "is_in_force"(p)) AS "mayBeGuarded"
  FROM "Model" WHERE "liveName" = $1 FOR NO KEY UPDATE`;
const INSERT = `WITH counted AS (
    UPDATE "Model" SET "versionCounter" = "versionCounter" + 1 WHERE "id" = $2 RETURNING "versionCounter"
  )
  INSERT INTO "ModelVersion" ("number", "id", "modelId", "stage", "stageSince", "status", "source", "createdAt", "updatedAt",
    "createdByIssuer", "createdBySubject", "createdByKind")
  SELECT "versionCounter", $1::uuid, $2, 'NONE', $3::timestamptz, 'READY', $4, $3, $3, 'bench', 'bench', 'MACHINE'
  FROM counted RETURNING "number"`;
const APPEND = "SELECT revision FROM append_events($1::jsonb)";
const SHARE = `SELECT "share_policies"() AS exist`;
const VERSION = `SELECT v."id", v."stage", v."status", m."id" AS "modelId", m."name",
    EXISTS (SELECT FROM "Policy" AS p WHERE "is_in_force"(p)) AS "mayBeGuarded"
  FROM "Model" AS m JOIN "ModelVersion" AS v ON v."modelId" = m."id"
  WHERE m."liveName" = $1 AND v."number" = $2 FOR NO KEY UPDATE OF m, v`;
const MOVE = `UPDATE "ModelVersion" SET "stage" = $1::"Stage", "stageSince" = $2 WHERE "id" = $3 AND "stage" = $4::"Stage"`;
const RUN = `SELECT r."id", r."status", e."name" FROM "Run" AS r JOIN "Experiment" AS e ON e."id" = r."experimentId"
  WHERE r."id" = $1 FOR SHARE OF r`;
const LOG = `WITH given AS (
    SELECT * FROM json_to_recordset($1::json) AS g("key" text, "step" bigint, "timestamp" timestamptz(3), "rank" bigint)
  ), series AS (
    INSERT INTO "MetricSeries" AS s ("runId", "key", "step", "timestamp", "rank", "authorId")
    SELECT DISTINCT ON ("key" COLLATE "C") $2, "key", "step", "timestamp", "rank", (SELECT "author_id"($3::json))
    FROM given ORDER BY "key" COLLATE "C", "step" DESC, "timestamp" DESC, "rank" DESC
    ON CONFLICT ("runId", "key", "datasetId", "loggedModelId") DO UPDATE SET ("step", "timestamp", "rank", "authorId") = (
      SELECT p."step", p."timestamp", p."rank", p."authorId" FROM (VALUES
        (s."step", s."timestamp", s."rank", s."authorId", true),
        (EXCLUDED."step", EXCLUDED."timestamp", EXCLUDED."rank", EXCLUDED."authorId", false)
      ) AS p("step", "timestamp", "rank", "authorId", "isKnown")
      ORDER BY p."step" DESC, p."timestamp" DESC, p."rank" DESC, p."isKnown" DESC LIMIT 1)
    RETURNING s."id", s."key"
  )
  INSERT INTO "MetricPoint" ("seriesId", "step", "timestamp", "rank")
  SELECT s."id", g."step", g."timestamp", g."rank" FROM given AS g JOIN series AS s ON s."key" = g."key"
  ON CONFLICT DO NOTHING`;
const AUTHOR = JSON.stringify({ ...ACTOR, scopes: ["runs:write"], groups: [] });

/** An event as append_events takes it: the columns, and the body in parts around the time and the revision. */
function eventOf({ type, at, model, version, stages = { fromStage: null, toStage: null }, before, after }) {
  const [id, commitId, requestId] = [randomUUID(), randomUUID(), randomUUID()];
  const subject = {
    id: version.id,
    modelId: model.id,
    modelName: model.name,
    ...stages,
    versionNumber: version.number,
  };
  const cause = `"commit":${JSON.stringify({ id: commitId, index: 0, size: 1 })},"id":"${id}","requestId":"${requestId}"`;
  return {
    ...stages,
    id,
    type,
    at,
    commitId,
    requestId,
    head: `{"actor":${JSON.stringify(ACTOR)},"after":${JSON.stringify(after)},"at":"`,
    middle: `","before":${JSON.stringify(before)},${cause},"revision":`,
    tail: `,"subject":${JSON.stringify(subject)},"tokenId":null,"type":"${type}"}`,
    actorIssuer: ACTOR.issuer,
    actorSubject: ACTOR.subject,
    actorKind: ACTOR.kind,
    subjectType: "ModelVersion",
    subjectId: version.id,
    modelId: model.id,
    modelName: model.name,
    versionId: version.id,
    versionNumber: version.number,
  };
}

export const WRITES = {
  async createVersion(run, { model: name, source }) {
    const at = new Date().toISOString();
    const [model] = await run("lock", LOCK, [name]);
    const id = randomUUID();
    const [{ number }] = await run("insert", INSERT, [id, model.id, at, source]);
    const version = { id, number };
    const after = { source, stage: "NONE", status: "READY", tags: [] };
    const event = eventOf({ type: "model_version.created", at, model, version, before: null, after });
    await run("append", APPEND, [JSON.stringify([event])]);
    return JSON.stringify({ createModelVersion: { modelVersion: { number } } });
  },

  async transition(run, { model: name, number, to }) {
    const at = new Date().toISOString();
    await run("share", SHARE, []);
    const [{ id, stage: from, modelId }] = await run("version", VERSION, [name, number]);
    const model = { id: modelId, name };
    await run("move", MOVE, [to, at, id, from]);
    const event = eventOf({
      type: "model_version.stage_changed",
      at,
      model,
      version: { id, number },
      stages: { fromStage: from, toStage: to },
      before: { stage: from },
      after: { reason: null, stage: to },
    });
    await run("append", APPEND, [JSON.stringify([event])]);
    return JSON.stringify({ transitionModelVersion: { modelVersion: { number, stage: to } } });
  },

  async logBatch(run, { run: id, metrics }) {
    await run("run", RUN, [id]);
    const given = metrics.map(({ value, ...point }) => ({ ...point, rank: toRank(value).toString() }));
    await run("log", LOG, [JSON.stringify(given), id, AUTHOR]);
    return JSON.stringify({ logBatch: { run: { id: Buffer.from(`Run:${id}`).toString("base64url") } } });
  },
};
