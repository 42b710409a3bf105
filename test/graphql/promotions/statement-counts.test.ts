import { beforeAll, expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";
import { countStatements, recordStatements, sumRowsRead } from "../../support/database/statements.js";
import type { As } from "../../support/server.js";

const commands = useCommandServer(`
  v: createModelVersion(input: { model: { name: "m" }, createModel: true, source: "s3://b/x" }) { modelVersion { id } }
  p: applyPolicy(input: { name: "p", target: { aliases: ["*"] }, rules: [{ reason: {} }, { approvals: { quorum: 100 } }] }) { revision }`);

const READER: As = { subject: "reader", scopes: ["models:read", "stages:approve", "runs:read"] };
const ACTOR = "{ subject }";
const FIELDS = `id status versionNumber modelVersion { number model { name } } alias reason requestedBy ${ACTOR} round staleReasons expiresAt decision { id }`;
const reviews = (first: number) =>
  `reviews(first: ${first}) { nodes { verdict comment reviewer ${ACTOR} at rules { kind status evidence { summary } } } totalCount }`;
const comments = (first: number) => `comments(first: ${first}) { nodes { body createdBy ${ACTOR} } totalCount }`;
let id: string;

async function request(alias: string): Promise<string> {
  const { requestPromotion } = await commands.mutate(
    `requestPromotion(input: { version: { number: { model: "m", number: 1 } }, target: { alias: "${alias}" }, reason: "r" }) { request { id } }`,
  );
  return requestPromotion.request.id;
}

async function approve(request: string, subject: string): Promise<void> {
  await commands.mutate(
    `approvePromotion(input: { request: "${request}" }) { request { id } }
     commentPromotion(input: { request: "${request}", body: "Fine" }) { request { id } }`,
    { ...READER, subject },
  );
}

const QUERIES = (): Record<string, string> => ({
  promotionRequests: `{ promotionRequests(first: 50) { nodes { ${FIELDS} ${reviews(3)} ${comments(3)} } totalCount } }`,
  pendingApprovals: `{ viewer { pendingApprovals(first: 50) { nodes { ${FIELDS} } totalCount } } }`,
  promotionRequest: `{ promotionRequest(id: "${id}") { ${FIELDS} ${reviews(50)} ${comments(50)} } }`,
  "model.promotionRequests": `{ model(name: "m") { promotionRequests(first: 50) { nodes { ${FIELDS} } totalCount } } }`,
});

async function counts(): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const [name, query] of Object.entries(QUERIES())) {
    counted[name] = await countStatements(() => commands.data(query, {}, READER));
  }
  return counted;
}

beforeAll(async () => {
  id = await request("a0");
  await approve(id, "p0");
});

test("requests, the inbox and a request take as many statements for many rows as for one", async () => {
  const one = await counts();
  expect(one).toMatchInlineSnapshot(`
    {
      "model.promotionRequests": 2,
      "pendingApprovals": 2,
      "promotionRequest": 3,
      "promotionRequests": 4,
    }
  `);
  for (let number = 1; number < 12; number++) {
    await approve(id, `p${number}`);
    await approve(await request(`a${number}`), "p0");
  }
  const { promotionRequests, viewer } = await commands.data(
    `{ promotionRequests { totalCount } viewer { pendingApprovals { totalCount } } }`,
    {},
    READER,
  );
  expect([promotionRequests.totalCount, viewer.pendingApprovals.totalCount]).toEqual([12, 12]);
  expect(await counts()).toEqual(one);
});

test("the inbox and a request read few rows beside 10 000 closed requests, and each of 1 000 open ones a few times at most", async () => {
  const { pool } = commands.server.database;
  await pool.query(
    `INSERT INTO "PromotionRequest" SELECT (jsonb_populate_record(q, jsonb_build_object('id', gen_random_uuid(), 'alias', 'copy-' || i,
       'status', CASE WHEN i <= 1000 THEN 'OPEN' ELSE 'EXECUTED' END, 'createdAt', q."createdAt" - i * interval '1 second', 'approvedBy', '[]'::jsonb))).*
     FROM "PromotionRequest" AS q, generate_series(1, 11000) AS i WHERE q."alias" = 'a0'`,
  );
  await pool.query("ANALYZE");
  const pages: [string, number][] = [
    [`{ viewer { pendingApprovals(first: 20) { nodes { ${FIELDS} } } } }`, 4_100],
    [`{ promotionRequests(first: 20) { nodes { ${FIELDS} } } }`, 100],
    [`{ promotionRequests(first: 20, where: { status: [OPEN] }) { nodes { ${FIELDS} } } }`, 4_100],
    [`{ promotionRequest(id: "${id}") { ${FIELDS} ${reviews(50)} ${comments(50)} } }`, 300],
  ];
  for (const [page, most] of pages) {
    const { statements } = await recordStatements(() => commands.data(page, {}, READER));
    const reads = statements.filter(({ text }) => /^\s*(SELECT|WITH)/i.test(text));
    expect(await sumRowsRead(pool, reads), page).toBeLessThanOrEqual(most);
  }
});
