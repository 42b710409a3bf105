import { expect, test } from "vitest";
import { byNumber, move, ON_CALL, point, register } from "../governance/gate.js";
import { approve, askFor, guard, PIPELINE, RITA, ROB, useDesk } from "./desk.js";

const desk = useDesk();
const { commands } = desk;
const ALIAS = `{ alias: "live" }`;
const CHECKED = `{ approvals: { quorum: 1, sameHolder: false } }, { check: { name: "scan" } }`;

const check = (model: string) => `reportCheck(input: { version: ${byNumber(model, 1)}, name: "scan", status: PASSED })`;

test("what holds the target already cannot be asked for: it would come back when somebody takes it off", async () => {
  await desk.run(register("standing"), PIPELINE);
  await desk.run(point("live", "standing", 1), PIPELINE);
  await commands.mutate(guard("standing", "{ approvals: { quorum: 1 } }"));
  const asked = askFor("standing", 1, ALIAS, ", autoExecute: true");
  expect(await commands.refusalOf(asked, PIPELINE)).toMatchObject({ code: "CONFLICT" });
});

test("an approved request is stale once the version got the alias otherwise", async () => {
  await desk.open("otherwise", CHECKED);
  const id = await desk.ask("otherwise", 1, ALIAS, "autoExecute: true");
  await desk.run(approve(id), RITA);
  await desk.run(point("live", "otherwise", 1, `, override: { reason: "Incident" }`), ON_CALL);
  await desk.settle();
  expect(await desk.statusOf(id)).toBe("STALE");
});

test("an approved request is stale if the version left its stage and came back", async () => {
  await desk.open("back", CHECKED);
  const id = await desk.ask("back", 1, undefined, "autoExecute: true");
  await desk.run(approve(id), RITA);
  await desk.run(move("back", 1, "PRODUCTION", `, override: { reason: "Incident" }`), ON_CALL);
  await desk.run(move("back", 1, "NONE"), ON_CALL);
  await desk.run(check("back"), PIPELINE);
  await desk.settle();
  expect(await desk.statusOf(id)).toBe("STALE");
});

test("an approval by a token that was revoked since does not count", async () => {
  await desk.open("stolen", "{ approvals: { quorum: 2 } }");
  const id = await desk.ask("stolen", 1, undefined, "autoExecute: true");
  await desk.run(approve(id), { ...RITA, tokenId: "stolen-from-rita" });
  const revoke = `revokeTokens(input: { tokens: { tokenId: "stolen-from-rita" }, reason: "stolen" }) { __typename }`;
  await commands.mutate(revoke, { scopes: ["admin"] });
  await desk.run(approve(id), ROB);
  expect(await desk.statusOf(id)).toBe("OPEN");
});
