import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyMigrations } from "../../../src/store/migrations/apply-migrations.js";
import { openEarlierRelease } from "../../support/database/earlier-release.js";

const OWN = "20261130170000_mlflow_tracking";
let database: Awaited<ReturnType<typeof openEarlierRelease>>;

beforeAll(async () => {
  database = await openEarlierRelease(OWN);
});
afterAll(() => database.close());

const insert = (name: string, createdAt: string, isDeleted = false) =>
  database.pool.query(
    `INSERT INTO "Experiment" ("id", "name", "liveName", "createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind", "deletedAt")
     VALUES ($1, $2, $3, $4, now(), 'https://issuer.test', 'writer', 'USER', $5)`,
    [randomUUID(), name, isDeleted ? null : name, createdAt, isDeleted ? createdAt : null],
  );

test("experiments are numbered by their age, the living one called Default is 0, and the next number is free", async () => {
  await insert("second", "2026-02-01");
  await insert("Default", "2026-03-01");
  await insert("first", "2026-01-01");
  await insert("Default", "2026-02-15", true);
  await applyMigrations(database.pool);
  await insert("new", "2025-01-01");
  const { rows } = await database.pool.query<{ number: number; name: string; deletedAt: Date | null }>(
    `SELECT "number", "name", "deletedAt" FROM "Experiment" ORDER BY "number"`,
  );
  expect(rows.map(({ number, name, deletedAt }) => [number, name, deletedAt !== null])).toEqual([
    [0, "Default", false],
    [1, "first", false],
    [2, "second", false],
    [3, "Default", true],
    [4, "new", false],
  ]);
});

test("an experiment keeps its number", async () => {
  const change = database.pool.query(`UPDATE "Experiment" SET "number" = 17 WHERE "number" = 4`);
  await expect(change).rejects.toMatchObject({ constraint: "experiment_identity" });
});
