import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { composeEvents } from "../../../src/domain/events/event.js";
import { verifyLog } from "../../../src/store/audit/audit-verify.js";
import { applyMigrations } from "../../../src/store/migrations/apply-migrations.js";
import { openEarlierRelease } from "../../support/database/earlier-release.js";
import { WRITER } from "../../support/writer.js";

const OWN = "20261130180000_logged_models";
let database: Awaited<ReturnType<typeof openEarlierRelease>>;

beforeAll(async () => {
  database = await openEarlierRelease(OWN);
});
afterAll(() => database.close());

const BY = `'https://issuer.test', 'writer', 'MACHINE'`;
const CREATED = `"createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind"`;
const query = async <Row extends object>(text: string, values: unknown[] = []) =>
  (await database.pool.query<Row>(text, values)).rows;

async function insertModel(name: string, tag?: readonly [key: string, value: string]): Promise<string> {
  const id = randomUUID();
  await query(`INSERT INTO "Model" ("id", "name", "liveName", ${CREATED}) VALUES ($1, $2, $2, now(), now(), ${BY})`, [
    id,
    name,
  ]);
  if (tag) await query(`INSERT INTO "ModelTag" ("modelId", "key", "value") VALUES ($1, $2, $3)`, [id, ...tag]);
  const at = new Date();
  const commit = { actor: WRITER.actor, tokenId: null, requestId: "old", at, commitId: randomUUID() };
  const event = { id: randomUUID(), type: "model.registered", model: { id, name }, after: { name } } as const;
  await query("SELECT * FROM append_events($1::jsonb)", [JSON.stringify(composeEvents([event], commit))]);
  return id;
}

const metrics = (more: string) => `INSERT INTO "MetricSeries" ("runId", "key", "step", "timestamp", "rank") ${more}`;

test("versions, prompts, metrics and edges of before are what they were, and the log verifies", async () => {
  const fraud = await insertModel("fraud", ["team", "true"]);
  await insertModel("greeting", ["mlflow.prompt.is_prompt", "True"]);
  const [experiment, version] = [randomUUID(), randomUUID()];
  await query(
    `INSERT INTO "Experiment" ("id", "name", "liveName", ${CREATED}) VALUES ($1, 'e', 'e', now(), now(), ${BY})`,
    [experiment],
  );
  await query(
    `INSERT INTO "Run" ("id", "experimentId", "status", "startedAt", ${CREATED}) VALUES ('r', $1, 'RUNNING', now(), now(), now(), ${BY})`,
    [experiment],
  );
  await query(
    `INSERT INTO "ModelVersion" ("id", "modelId", "number", "stage", "stageSince", "status", "source", "externalModelId", ${CREATED})
     VALUES ($1, $2, 1, 'NONE', now(), 'READY', 'models:/m-1', 'm-1', now(), now(), ${BY})`,
    [version, fraud],
  );
  await query(metrics(`VALUES ('r', 'auc', 0, now(), 0)`));
  await query(
    `INSERT INTO "LineageEdge" ("kind", "at", "fromRunId", "toVersionId") VALUES ('OUTPUT', now(), 'r', $1)`,
    [version],
  );

  expect(await applyMigrations(database.pool)).toContain(OWN);
  expect(await query(`SELECT "name", "kind" FROM "Model" ORDER BY "name"`)).toEqual([
    { name: "fraud", kind: "MODEL" },
    { name: "greeting", kind: "PROMPT" },
  ]);
  expect(await query(`SELECT "loggedModelId", "externalModelId" FROM "ModelVersion"`)).toEqual([
    { loggedModelId: null, externalModelId: "m-1" },
  ]);
  expect(await query(`SELECT "fromNode", "toNode", "step" FROM "LineageEdge"`)).toEqual([
    { fromNode: "Rr", toNode: `V${version}`, step: null },
  ]);
  const verification = await verifyLog(database.pool, { trust: null, kept: [] });
  expect(verification).toMatchObject({ fault: null, walked: { from: 1n, to: 2n } });
});

test("what the rows promise", async () => {
  const model = `m-${"0".repeat(32)}`;
  const insert = (id: string) =>
    query(
      `INSERT INTO "LoggedModel" ("id", "experimentId", "name", "status", "artifactUri", ${CREATED})
       SELECT $1, "id", 'lm', 'PENDING', 'mlflow-artifacts:/1', now(), now(), ${BY} FROM "Experiment"`,
      [id],
    );
  await insert(model);
  await expect(insert("m-1")).rejects.toMatchObject({ constraint: "logged_model_id_check" });
  await expect(query(metrics(`VALUES ('r', 'auc', 1, now(), 1)`))).rejects.toMatchObject({
    constraint: "metric_series_key",
  });
  await expect(query(`UPDATE "ModelVersion" SET "loggedModelId" = $1`, [model])).rejects.toMatchObject({
    constraint: "model_version_write_once",
  });
  await query(
    `INSERT INTO "LineageEdge" ("kind", "at", "fromRunId", "toLoggedModelId", "step") VALUES ('OUTPUT', now(), 'r', $1, 3)`,
    [model],
  );
  expect(await query(`SELECT "toNode" FROM "LineageEdge" WHERE "step" = 3`)).toEqual([{ toNode: `L${model}` }]);
  await query(`INSERT INTO "LoggedModelParam" ("loggedModelId", "key", "value") VALUES ($1, 'a', '1')`, [model]);
  await expect(query(`UPDATE "LoggedModelParam" SET "value" = '2'`)).rejects.toThrow();
});
