import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyMigrations } from "../../../src/store/migrations/apply-migrations.js";
import { openEarlierRelease } from "../../support/database/earlier-release.js";

const OWN = "20261130200000_version_directories";
let database: Awaited<ReturnType<typeof openEarlierRelease>>;
beforeAll(async () => {
  database = await openEarlierRelease(OWN);
});
afterAll(() => database.close());

const BY = `'https://issuer.test', 'writer', 'MACHINE'`;
const CREATED = `"createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind"`;
const DIGEST = `sha256:${"0".repeat(64)}`;
const MODEL = `m-${"0".repeat(32)}`;
const query = async <Row extends object>(text: string, values: unknown[] = []) =>
  (await database.pool.query<Row>(text, values)).rows;

test("versions with a digest and a directory that is here get it, the others do not", async () => {
  const [experiment, model] = [randomUUID(), randomUUID()];
  await query(
    `INSERT INTO "Experiment" ("id", "number", "name", "liveName", ${CREATED}) VALUES ($1, 7, 'e', 'e', now(), now(), ${BY})`,
    [experiment],
  );
  await query(
    `INSERT INTO "Run" ("id", "experimentId", "status", "startedAt", ${CREATED}) VALUES ('r', $1, 'RUNNING', now(), now(), now(), ${BY})`,
    [experiment],
  );
  await query(
    `INSERT INTO "LoggedModel" ("id", "experimentId", "name", "status", "artifactUri", ${CREATED})
     VALUES ($1, $2, 'lm', 'READY', 'mlflow-artifacts:/7', now(), now(), ${BY})`,
    [MODEL, experiment],
  );
  for (const path of ["7/r/artifacts/model/MLmodel", `7/models/${MODEL}/artifacts/MLmodel`]) {
    await query(
      `INSERT INTO "ArtifactFile" ("id", "path", "size", "sha256", "createdAt", "createdByIssuer", "createdBySubject", "createdByKind")
       VALUES ($1, $2, 1, decode(repeat('00', 32), 'hex'), now(), ${BY})`,
      [randomUUID(), path],
    );
  }
  await query(`INSERT INTO "Model" ("id", "name", "liveName", ${CREATED}) VALUES ($1, 'm', 'm', now(), now(), ${BY})`, [
    model,
  ]);
  const sources: readonly [source: string, digest: string | null, path?: string][] = [
    ["mlflow-artifacts:/7/r/artifacts/model", DIGEST, "7/r/artifacts/model"],
    ["mlflow-artifacts:///7/r/artifacts/model/", DIGEST, "7/r/artifacts/model"],
    ["runs:/r/model", DIGEST, "7/r/artifacts/model"],
    ["runs:/r/model/", DIGEST, "7/r/artifacts/model"],
    [`models:/${MODEL}`, DIGEST, `7/models/${MODEL}/artifacts`],
    ["mlflow-artifacts:/7/r/artifacts/model", null],
    ["runs:/other/model", DIGEST],
    ["runs:/r/absent", DIGEST],
    ["s3://bucket/7/r/artifacts/model", DIGEST],
    ["models:/m/1", DIGEST],
  ];
  for (const [i, [source, digest]] of sources.entries()) {
    await query(
      `INSERT INTO "ModelVersion" ("id", "modelId", "number", "stage", "stageSince", "status", "source", "digest", ${CREATED})
       VALUES ($1, $2, $3, 'NONE', now(), 'READY', $4, $5, now(), now(), ${BY})`,
      [randomUUID(), model, i + 1, source, digest],
    );
  }
  expect(await applyMigrations(database.pool)).toContain(OWN);
  const rows = await query<{ number: number; path: string | null }>(
    `SELECT v."number", d."path" FROM "ModelVersion" AS v LEFT JOIN "VersionDirectory" AS d ON d."versionId" = v."id" ORDER BY 1`,
  );
  expect(rows.map(({ path }) => path)).toEqual(sources.map(([, , path = null]) => path));
});
