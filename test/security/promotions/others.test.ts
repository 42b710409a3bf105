import { expect, test } from "vitest";
import type { As } from "../../support/server.js";
import { byNumber, move } from "../governance/gate.js";
import { approve, askFor, cancel, comment, PIPELINE, RITA, ROB, reject, renew, SELF, useDesk } from "./desk.js";

const desk = useDesk();
const { commands } = desk;

test("what is rejected or taken back stays so", async () => {
  for (const [name, end, as] of [
    ["rejected", reject, ROB],
    ["cancelled", cancel, PIPELINE],
    ["withdrawn", cancel, { subject: "officer", scopes: ["models:read", "policies:write"] }],
  ] as const) {
    await desk.open(name);
    const id = await desk.ask(name);
    await desk.run(approve(id), RITA);
    await desk.run(end(id), as);
    for (const mutation of [approve(id), reject(id)]) {
      expect(await commands.refusalOf(mutation, { ...ROB, subject: "third" })).toMatchObject({ code: "CONFLICT" });
    }
    for (const mutation of [renew(id), cancel(id)]) {
      expect(await commands.refusalOf(mutation, PIPELINE)).toMatchObject({ code: "CONFLICT" });
    }
    expect(await commands.refusalOf(move(name, 1, "PRODUCTION"), PIPELINE)).toMatchObject({ code: "POLICY_NOT_MET" });
  }
});

test("others neither take a request back nor renew it, and comment with a right only", async () => {
  await desk.open("mine");
  const id = await desk.ask("mine");
  const reader: As = { subject: "reader", scopes: ["models:read"] };
  const bare: As = { ...PIPELINE, scopes: ["models:read"] };
  for (const as of [{ ...SELF, subject: "colleague" }, RITA, reader, bare]) {
    for (const mutation of [cancel(id), renew(id)]) {
      expect(await commands.refusalOf(mutation, as)).toMatchObject({ code: "FORBIDDEN" });
    }
  }
  const officer: As = { subject: "officer", scopes: ["models:read", "policies:write"] };
  expect(await commands.refusalOf(renew(id), officer)).toMatchObject({ code: "FORBIDDEN" });
  for (const as of [reader, bare, officer, { ...RITA, scopes: ["stages:approve"] } as As]) {
    expect(await commands.refusalOf(comment(id), as)).toMatchObject({ code: "FORBIDDEN" });
  }
  for (const as of [RITA, { ...PIPELINE, subject: "colleague" }]) await desk.run(comment(id), as);
  expect(await commands.refusalOf(askFor("mine"), bare)).toMatchObject({ code: "FORBIDDEN" });
  await desk.run(`deleteModelVersion(input: { version: ${byNumber("mine", 1)} })`, PIPELINE);
  expect(await commands.refusalOf(cancel(id), PIPELINE)).toMatchObject({ code: "NOT_FOUND" });
});
