import { expect, test } from "vitest";
import {
  approve,
  approver,
  comment,
  PIPELINE,
  RITA,
  ROB,
  reject,
  renew,
  useDesk,
} from "../../security/promotions/desk.js";
import type { As } from "../../support/server.js";

const desk = useDesk();
const { commands } = desk;

/** The first events of a stream. */
async function received(count: number, field: string, args = "", as?: As) {
  const stream = commands.server.watch(
    `subscription { ${field}(since: "2020-01-01T00:00:00Z" ${args}) { event {
       type modelName versionNumber stage alias request { id } ... on PromotionRequestApprovedEvent { status comment } } } }`,
    {},
    as,
  );
  const events = [];
  while (events.length < count) {
    const { event } = (await stream.next()).value.data[field];
    if (event) events.push(event);
  }
  await stream.return?.();
  return events;
}

const ends = (events: { readonly type: string }[]) => events.map(({ type }) => type.replace("PROMOTION_REQUEST_", ""));

test("requests have streams of their own: what is asked, and what becomes of it", async () => {
  await desk.open("fraud", "{ approvals: { quorum: 2 } }");
  await desk.open("spam");
  const fraud = await desk.ask("fraud");
  const spam = await desk.ask("spam", 1, `{ alias: "live" }`);
  await desk.run(comment(fraud), RITA);
  await desk.run(approve(fraud), RITA);
  await desk.run(renew(fraud), PIPELINE);
  await desk.run(approve(spam), ROB);
  await desk.run(reject(fraud), ROB);

  const ofFraud = { modelName: "fraud", versionNumber: 1, stage: "PRODUCTION", alias: null, request: { id: fraud } };
  const ofSpam = { modelName: "spam", versionNumber: 1, stage: null, alias: "live", request: { id: spam } };
  const named = (about: object, end: string) => expect.objectContaining({ ...about, type: `PROMOTION_REQUEST_${end}` });
  expect(await received(3, "promotionRequested")).toEqual([
    named(ofFraud, "CREATED"),
    named(ofSpam, "CREATED"),
    named(ofFraud, "RENEWED"),
  ]);
  expect(await received(4, "promotionRequestUpdated")).toEqual([
    named(ofFraud, "COMMENTED"),
    { ...ofFraud, type: "PROMOTION_REQUEST_APPROVED", status: "OPEN", comment: null },
    { ...ofSpam, type: "PROMOTION_REQUEST_APPROVED", status: "APPROVED", comment: null },
    named(ofFraud, "REJECTED"),
  ]);
  const updated = (args: string, count: number) => received(count, "promotionRequestUpdated", args).then(ends);
  expect(await updated(`, where: { models: ["s*"] }`, 1)).toEqual(["APPROVED"]);
  expect(await updated(`, where: { stages: [PRODUCTION] }`, 3)).toEqual(["COMMENTED", "APPROVED", "REJECTED"]);
  const [alias] = await received(1, "promotionRequested", `, where: { aliases: ["live"] }`);
  expect(alias.modelName).toBe("spam");
});

test("the streams tell a narrowed token nothing of other models", async () => {
  const narrowed = { ...approver("nina"), models: ["spam"] };
  for (const field of ["promotionRequested", "promotionRequestUpdated"]) {
    const [first] = await received(1, field, "", narrowed);
    expect(first.modelName).toBe("spam");
  }
});
