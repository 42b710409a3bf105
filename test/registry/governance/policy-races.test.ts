import pg from "pg";
import { describe, expect, test } from "vitest";
import { setTag } from "../../../src/registry/across/set-tag.js";
import { renameModel } from "../../../src/registry/models/rename-model.js";
import { createModelVersion } from "../../../src/registry/versions/create-model-version.js";
import { setAlias } from "../../../src/registry/versions/set-alias.js";
import { TEST_DATABASE_KIND } from "../../support/database/database.js";
import { codeOf, PROMOTER, range, useGateWorld } from "./gate-world.js";

const world = useGateWorld();
const MODELS = range(16).map((i) => `m-${i}`);

/** The deadlocks of the database since it was made. */
async function deadlocks(): Promise<number> {
  const { rows } = await world.database.pool.query<{ count: number }>(
    `SELECT pg_stat_force_next_flush(), "deadlocks"::int AS "count" FROM pg_stat_database WHERE "datname" = current_database()`,
  );
  return rows[0]?.count ?? 0;
}

/** The moves onto targets that were recorded after a policy was applied, with the revision by which they were decided. */
async function movesAfterPolicy(): Promise<{ decided: number | null }[]> {
  const { rows } = await world.database.pool.query(
    `SELECT e."body"::json->'after'->'decision'->'policies'->0->'revision' AS "decided" FROM "Event" AS e
     WHERE e."type" IN ('model_version.stage_changed', 'alias.set')
       AND e."revision" > (SELECT max("revision") FROM "Event" WHERE "type" = 'policy.applied') AND (e."toStage" = 'PRODUCTION' OR e."alias" LIKE 'canary%')`,
  );
  return rows;
}

// PGlite has one session, and runs one transaction after the other
describe.runIf(TEST_DATABASE_KIND === "postgres")("with many sessions", () => {
  test("what commits after a policy was applied obeys it, for stages and for aliases", async () => {
    for (const name of MODELS) await world.create(name, 2);
    const policy = { target: { stages: ["PRODUCTION"], aliases: ["can*"] } } as const;
    const context = () => world.context(PROMOTER);
    for (const round of range(2)) {
      const rules = [{ reason: { minimumLength: 10 + round } }];
      const promotions = MODELS.flatMap((name, i) => [
        () => codeOf(world.move(name, 1 + (round % 2), "PRODUCTION", { archiveExisting: true })),
        () => codeOf(setAlias(context(), { model: { name }, number: 1 + (round % 2), alias: "canary" })),
        () =>
          codeOf(
            createModelVersion(context(), { model: { name }, source: `s3://b/${i}`, aliases: [`canary-${round}`] }),
          ),
      ]);
      const before = promotions.slice(0, 24).map((promote) => promote());
      const applied = world.apply({ ...policy, rules });
      const during = promotions.slice(24).map((promote) => promote());
      expect(await codeOf(applied)).toBe("OK");
      const after = MODELS.map((name) =>
        codeOf(world.move(name, 2 - (round % 2), "PRODUCTION", { archiveExisting: true })),
      );
      for (const code of await Promise.all([...before, ...during, ...after]))
        expect(["OK", "POLICY_NOT_MET", "CONFLICT"]).toContain(code);
      expect(await Promise.all(after)).not.toContain("OK");
      expect(await movesAfterPolicy()).toEqual([]);
      expect(await codeOf(world.apply({ ...policy, rules, mode: "OFF" }))).toBe("OK");
    }
    expect(await deadlocks()).toBe(0);
  });

  test("policies, tags, names, moves and versions change at the same time without a deadlock or a lost holder", async () => {
    for (const name of MODELS) await world.create(name, 3);
    const rules = [{ singleHolder: true }] as const;
    const selector = { models: ["m-*"], tags: [{ key: "tier", values: ["high"] }] };
    const context = () => world.context();
    const codes = await Promise.all(
      range(6).flatMap((round) => [
        codeOf(world.apply({ name: `p-${round % 3}`, rules, selector, mode: round % 2 ? "ENFORCE" : "EVALUATE" })),
        ...MODELS.flatMap((name, i) => [
          codeOf(setTag(context(), { on: { model: { name } }, key: "tier", value: (i + round) % 2 ? "high" : "low" })),
          codeOf(world.move(name, 1 + ((i + round) % 3), round % 3 ? "PRODUCTION" : "ARCHIVED")),
          codeOf(createModelVersion(context(), { model: { name }, source: "s3://b/y" })),
        ]),
        codeOf(renameModel(context(), { model: { name: `m-${round}` }, newName: `m-${round}` })),
        codeOf(renameModel(context(), { model: { name: "m-15" }, newName: "x-15" })),
        codeOf(renameModel(context(), { model: { name: "x-15" }, newName: "m-15" })),
      ]),
    );
    const other = codes.filter(
      (code) => !["OK", "CONFLICT", "POLICY_NOT_MET", "NOT_FOUND", "ALREADY_EXISTS"].includes(code),
    );
    expect(other).toEqual([]);
    expect(await deadlocks()).toBe(0);
    const { rows } = await world.database.pool.query(
      `SELECT FROM "ModelVersion" AS v WHERE v."exclusiveStage" IS DISTINCT FROM "exclusive_stage"(v."modelId", v."stage")`,
    );
    expect(rows).toEqual([]);
  });

  test("two sessions that know no rules cannot put two holders into a stage", async () => {
    await world.create("fraud", 2);
    await world.apply({ rules: [{ singleHolder: true }] });
    const clients = range(2).map(() => new pg.Client(world.database.pool.options));
    for (const client of clients) await client.connect();
    const promote = async (client: pg.Client, number: number) => {
      await client.query("BEGIN");
      // as every writer of a version does
      await client.query(`SELECT FROM "Model" FOR NO KEY UPDATE`);
      await client.query(`UPDATE "ModelVersion" SET "stage" = 'PRODUCTION' WHERE "number" = ${number}`);
    };
    const ends = await Promise.allSettled(
      clients.map(async (client, i) => {
        await promote(client, i + 1);
        await client.query("COMMIT");
      }),
    );
    for (const client of clients) await client.end();
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = ends.find((end) => end.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "23505", constraint: "model_version_exclusive_stage_key" });
    expect(await world.holders()).toHaveLength(1);
  });
});
