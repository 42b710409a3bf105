import { beforeAll, expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";
import { countStatements } from "../../support/database/statements.js";
import type { As } from "../../support/server.js";

const commands = useCommandServer(`
  v: createModelVersion(input: { model: { name: "m" }, createModel: true, source: "s3://b/x" }) { modelVersion { id } }
  p: applyPolicy(input: { name: "gate", target: { aliases: ["*"] }, rules: [{ reason: {} }] }) { revision }`);

const READER: As = { subject: "reader", scopes: ["models:read", "audit:read"] };
const AUTHOR: As = { subject: "author", scopes: ["models:read", "policies:write"] };
const ON_CALL: As = { subject: "on-call", scopes: ["aliases:write", "models:read", "policies:override"] };
const ACTOR = "{ subject }";
const REQUEST = `id status kind policy { name definition } policyName proposal expectedRevision reason requestedBy ${ACTOR} reviewedBy ${ACTOR} comment expiresAt`;

const QUERIES: Record<string, string> = {
  policyChangeRequests: `{ policyChangeRequests(first: 50) { nodes { ${REQUEST} } totalCount } }`,
  "policyChangeRequests(where)": `{ policyChangeRequests(first: 50, where: { status: [OPEN, EXPIRED] }) { nodes { ${REQUEST} } totalCount } }`,
  "policy.openChangeRequest": `{ policies(first: 50) { nodes { name protected openChangeRequest { ${REQUEST} } } totalCount } }`,
  overrides: `{ overrides(first: 50, where: { reviewed: false }) { nodes { stage alias modelVersion { model { name } } override { reason reviewedBy ${ACTOR} comment } } totalCount } }`,
};

async function add(number: number): Promise<void> {
  const policy = (length: number) =>
    `applyPolicy(input: { name: "p${number}", target: { stages: [PRODUCTION] }, rules: [{ reason: { minimumLength: ${length} } }], protected: true }) { changed }`;
  await commands.mutate(`a: ${policy(1)} b: ${policy(2)}`, AUTHOR);
  await commands.mutate(
    `setAlias(input: { model: { name: "m" }, alias: "a${number}", number: 1, override: { reason: "r" } }) { alias { name } }`,
    ON_CALL,
  );
}

async function counts(): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const [name, query] of Object.entries(QUERIES)) {
    counted[name] = await countStatements(() => commands.data(query, {}, READER));
  }
  return counted;
}

beforeAll(() => add(0));

test("requests, policies and overrides take as many statements for many rows as for one", async () => {
  const one = await counts();
  expect(one).toMatchInlineSnapshot(`
    {
      "overrides": 2,
      "policy.openChangeRequest": 2,
      "policyChangeRequests": 2,
      "policyChangeRequests(where)": 2,
    }
  `);
  for (let number = 1; number < 12; number++) await add(number);
  const { policyChangeRequests, overrides } = await commands.data(
    `{ policyChangeRequests { totalCount } overrides { totalCount } }`,
    {},
    READER,
  );
  expect([policyChangeRequests.totalCount, overrides.totalCount]).toEqual([12, 12]);
  expect(await counts()).toEqual(one);
});
