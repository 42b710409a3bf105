import { expect, test } from "vitest";
import { byNumber, move, ON_CALL } from "../governance/gate.js";
import { useDesk } from "../promotions/desk.js";

const desk = useDesk();
const { commands } = desk;
const LEAD = { subject: "lead", scopes: ["models:read", "audit:read", "policies:override"] } as const;

async function unreviewed() {
  const list = `{ overrides(where: { reviewed: false }) { totalCount nodes { id } } }`;
  return (await commands.data(list, {}, LEAD)).overrides;
}

test.each([
  ["version", (model: string) => `deleteModelVersion(input: { version: ${byNumber(model, 1)}, force: true })`],
  ["model", (model: string) => `deleteModel(input: { model: { name: "${model}" }, force: true })`],
])("whoever overrode does not take the override off the list by deleting the %s", async (what, remove) => {
  const model = `hidden-${what}`;
  await desk.open(model);
  await desk.run(move(model, 1, "PRODUCTION", `, override: { reason: "Just because" }`), ON_CALL);
  await desk.run(move(model, 1, "ARCHIVED"), ON_CALL);
  await desk.run(remove(model), ON_CALL);
  const { nodes } = await unreviewed();
  expect(nodes).toHaveLength(1);
  await commands.mutate(`acknowledgeOverride(input: { decision: "${nodes[0].id}" }) { decision { id } }`, LEAD);
  expect((await unreviewed()).totalCount).toBe(0);
});
