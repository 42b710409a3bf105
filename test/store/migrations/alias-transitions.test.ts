import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { composeEvents, type EventDraft } from "../../../src/domain/events/event.js";
import { applyMigrations } from "../../../src/store/migrations/apply-migrations.js";
import { openEarlierRelease } from "../../support/database/earlier-release.js";
import { WRITER } from "../../support/writer.js";

const OWN = "20261130070000_alias_transitions";
let database: Awaited<ReturnType<typeof openEarlierRelease>>;

beforeAll(async () => {
  database = await openEarlierRelease(OWN);
});
afterAll(() => database.close());

const MODELS = { fraud: randomUUID(), churn: randomUUID() };
const VERSIONS = { "fraud 1": randomUUID(), "fraud 2": randomUUID(), "churn 1": randomUUID(), "churn 2": randomUUID() };
type Model = keyof typeof MODELS;
type Version = keyof typeof VERSIONS;
const nameOf = (version: string) => version.split(" ")[0] as Model;
const numberOf = (version: string) => Number(version.split(" ")[1]);

async function insertVersions(): Promise<void> {
  const by = `'https://issuer.test', 'writer', 'MACHINE'`;
  for (const [name, id] of Object.entries(MODELS)) {
    await database.pool.query(
      `INSERT INTO "Model" ("id", "name", "liveName", "createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind")
       VALUES ($1, $2, $2, now(), now(), ${by})`,
      [id, name],
    );
  }
  for (const [version, id] of Object.entries(VERSIONS)) {
    await database.pool.query(
      `INSERT INTO "ModelVersion" ("id", "modelId", "number", "stage", "stageSince", "status", "createdAt", "updatedAt", "createdByIssuer", "createdBySubject", "createdByKind")
       VALUES ($1, $2, $3, 'NONE', now(), 'PENDING_REGISTRATION', now(), now(), ${by})`,
      [id, MODELS[nameOf(version)], numberOf(version)],
    );
  }
}

/** An event as releases before this one wrote it, without a reason. */
function aliasEvent(type: "alias.set" | "alias.deleted", version: Version, before: Version | null): EventDraft {
  const number = numberOf(version);
  return {
    id: randomUUID(),
    type,
    model: { id: MODELS[nameOf(version)], name: nameOf(version) },
    version: { id: VERSIONS[version], number },
    alias: "champion",
    before: before && { number: numberOf(before) },
    after: type === "alias.set" ? { number } : null,
  };
}

async function append(...drafts: EventDraft[]): Promise<void> {
  const commit = {
    actor: WRITER.actor,
    tokenId: null,
    requestId: "old",
    at: new Date(),
    commitId: randomUUID(),
  };
  const records = JSON.stringify(composeEvents(drafts, commit));
  await database.pool.query("SELECT * FROM append_events($1::jsonb)", [records]);
}

async function readMoves(): Promise<string[]> {
  const { rows } = await database.pool.query<{ move: string }>(`
    SELECT concat_ws(' ', t."revision", m."name", t."alias", coalesce(f."number"::text, '-'), coalesce(o."number"::text, '-'),
      t."actorSubject", coalesce(t."reason", '-')) AS "move"
    FROM "AliasTransition" AS t JOIN "Model" AS m ON m."id" = t."modelId"
    LEFT JOIN "ModelVersion" AS f ON f."id" = t."fromVersionId" LEFT JOIN "ModelVersion" AS o ON o."id" = t."toVersionId"
    ORDER BY t."revision"`);
  return rows.map(({ move }) => move);
}

test("a database gets the moves that its log still holds, with what the events say, and from then on each new one", async () => {
  await insertVersions();
  await append(aliasEvent("alias.set", "fraud 1", null), aliasEvent("alias.set", "churn 1", null));
  await append(aliasEvent("alias.set", "fraud 2", "fraud 1"));
  await append(aliasEvent("alias.set", "churn 2", "churn 1"), aliasEvent("alias.deleted", "fraud 2", "fraud 2"));
  await database.pool.query("SELECT compact_events(2)");

  expect(await applyMigrations(database.pool)).toContain(OWN);
  const old = ["3 fraud champion 1 2 writer -", "4 churn champion 1 2 writer -", "5 fraud champion 2 - writer -"];
  expect(await readMoves()).toEqual(old);
  const { rows } = await database.pool.query(
    `SELECT count(*)::int AS "same" FROM "AliasTransition" AS t JOIN "Event" AS e USING ("id", "revision", "at", "actorIssuer")`,
  );
  expect(rows).toEqual([{ same: 3 }]);

  await append({ ...aliasEvent("alias.set", "churn 1", "churn 2"), after: { number: 1, reason: "Better." } });
  await append({ ...aliasEvent("alias.deleted", "churn 1", "churn 1"), after: { reason: "Retired." } });
  const all = [...old, "6 churn champion 2 1 writer Better.", "7 churn champion 1 - writer Retired."];
  expect(await readMoves()).toEqual(all);
  await database.pool.query("SELECT compact_events(7)");
  expect(await readMoves()).toEqual(all);
});
