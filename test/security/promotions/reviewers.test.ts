import { expect, test } from "vitest";
import type { As } from "../../support/server.js";
import { move, register } from "../governance/gate.js";
import { approve, approver, askFor, guard, PIPELINE, RITA, ROB, reject, SELF, useDesk } from "./desk.js";

const desk = useDesk();
const { commands } = desk;
const NOT_COUNTED = { code: "FORBIDDEN", requiredScopes: [] };

test("nobody approves a request of their own, with no token", async () => {
  await desk.open("own");
  const id = await desk.ask("own");
  for (const as of [
    SELF,
    { ...SELF, tokenId: "another", name: "Somebody Else" },
    { ...SELF, scopes: ["admin"] as const },
    { ...RITA, subject: "pipeline" },
  ]) {
    expect(await commands.refusalOf(approve(id), as)).toMatchObject(NOT_COUNTED);
  }
  expect(await commands.refusalOf(move("own", 1, "PRODUCTION"), PIPELINE)).toMatchObject({ code: "POLICY_NOT_MET" });
});

test("the same subject of another issuer is another person", async () => {
  await desk.open("foreign", "{ approvals: { quorum: 1, notRegistrant: false } }");
  const id = await desk.ask("foreign");
  expect(await commands.refusalOf(approve(id), SELF)).toMatchObject(NOT_COUNTED);
  await desk.edit(id, `"createdByIssuer" = 'https://other.test'`);
  await desk.run(approve(id), SELF);
  expect(await desk.statusOf(id)).toBe("APPROVED");
});

test("the registrant approves nobody's request for the version", async () => {
  await desk.open("made");
  const id = await desk.ask("made", 1, undefined, "", { ...PIPELINE, subject: "colleague" });
  expect(await commands.refusalOf(approve(id), SELF)).toMatchObject(NOT_COUNTED);
  await desk.run(approve(id), RITA);
  expect(await desk.statusOf(id)).toBe("APPROVED");
});

test("a person counts once, with any number of tokens and groups", async () => {
  await desk.open("twice", `{ approvals: { quorum: 2, oneOfEach: ["risk", "legal"] } }`);
  const id = await desk.ask("twice");
  await desk.run(approve(id), approver("rita", ["risk", "legal"]));
  for (const as of [RITA, { ...RITA, tokenId: "another" }, approver("rita", ["legal"])]) {
    expect(await commands.refusalOf(approve(id), as)).toMatchObject({ code: "CONFLICT" });
  }
  expect(await commands.refusalOf(reject(id), RITA)).toMatchObject({ code: "CONFLICT" });
  expect(await desk.statusOf(id)).toBe("OPEN");
});

test("only those count whom the policy names, and all groups must come", async () => {
  await desk.open("named", `{ approvals: { quorum: 1, from: { groups: ["risk"], scopes: ["stages:approve"] } } }`);
  const named = await desk.ask("named");
  for (const groups of [[], ["Risk"], ["risk2"], ["legal"]]) {
    expect(await commands.refusalOf(approve(named), approver("lena", groups))).toMatchObject(NOT_COUNTED);
  }
  await desk.open("groups", `{ approvals: { quorum: 2, oneOfEach: ["risk", "legal"] } }`);
  const id = await desk.ask("groups");
  await desk.run(approve(id), RITA);
  await desk.run(approve(id), ROB);
  expect(await desk.statusOf(id)).toBe("OPEN");
  expect(await commands.refusalOf(move("groups", 1, "PRODUCTION"), PIPELINE)).toMatchObject({
    code: "POLICY_NOT_MET",
    rules: [{ satisfy: "It waits for somebody of the group legal." }],
  });
  await desk.run(approve(id), approver("leo", ["legal"]));
  expect(await desk.statusOf(id)).toBe("APPROVED");
});

test("a quorum that can never come together is refused when it is applied", async () => {
  const of = (rule: string) =>
    commands.refusalOf(guard("never", `{ approvals: { ${rule} } }`).replace(/ \{ revision \}$/, ""));
  for (const rule of [
    `quorum: 3, from: { subjects: ["a", "b"] }`,
    `quorum: 2, from: { subjects: ["a", "a"] }`,
    `quorum: 0`,
    `quorum: 101`,
    `quorum: 1, from: {}`,
    `quorum: 1, oneOfEach: []`,
  ]) {
    expect(await of(rule), rule).toMatchObject({ code: "INVALID_INPUT" });
  }
});

const LACKING: Record<string, As> = {
  "no scope": { ...RITA, scopes: ["models:read"] },
  "every scope of the move": { ...PIPELINE, subject: "rita", groups: ["risk"] },
  "rights over policies": { ...RITA, scopes: ["models:read", "policies:write", "policies:override"] },
};

test.each(Object.entries(LACKING))("with %s nobody approves or rejects", async (name, as) => {
  const model = `lacking ${name}`.replaceAll(" ", "-");
  await desk.open(model);
  const id = await desk.ask(model);
  for (const mutation of [approve(id), reject(id)]) {
    expect(await commands.refusalOf(mutation, as)).toMatchObject({
      code: "FORBIDDEN",
      requiredScopes: ["stages:approve"],
    });
  }
});

test("asking requires the scopes of the move", async () => {
  await desk.open("scoped");
  await desk.run(move("scoped", 1, "STAGING"), PIPELINE);
  const without = (scope: string): As => ({
    ...PIPELINE,
    scopes: PIPELINE.scopes?.filter((each) => each !== scope) ?? [],
  });
  for (const [target, scope] of [
    ["{ stage: PRODUCTION }", "stages:production"],
    ["{ stage: PRODUCTION }", "stages:staging"],
    [`{ alias: "live" }`, "aliases:write"],
  ] as const) {
    expect(await commands.refusalOf(askFor("scoped", 1, target), without(scope)), scope).toMatchObject({
      code: "FORBIDDEN",
      requiredScopes: expect.arrayContaining([scope]),
    });
  }
  await desk.run(register("unguarded"), PIPELINE);
  expect(await commands.refusalOf(askFor("unguarded"), PIPELINE)).toMatchObject({ code: "CONFLICT" });
});
