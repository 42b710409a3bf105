import { expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";
import type { As } from "../../support/server.js";
import { all, GATE, move, OFFICER, onVersion, PIPELINE, point, RISK, register, tagged } from "./gate.js";

const commands = useCommandServer(
  `${GATE} alone: applyPolicy(input: {
    name: "alone", selector: { models: ["alone*"] }, target: { stages: [PRODUCTION] }, rules: [{ singleHolder: true }, { reason: {} }]
  }) { revision }`,
);

const MAY: As = { ...PIPELINE, subject: "on-call", scopes: [...(PIPELINE.scopes ?? []), "policies:override"] };
const OVERRIDE = `override: { reason: "Incident 4711" }`;
const rollback = (model: string, target: string, more = "") =>
  `rollback(input: { model: { name: "${model}" }, target: { ${target} }, ${OVERRIDE} ${more} })`;

test.each([
  ["admin alone", { subject: "root", scopes: ["admin"] } as As],
  ["policies:write", OFFICER],
  ["whose approval counts", RISK],
])("%s does not override, and learns nothing by trying", async (_, as) => {
  const model = `guarded-${as.subject}`;
  await commands.mutate(all(register(model)), PIPELINE);
  for (const name of [model, "guarded-missing"]) {
    for (const mutation of [
      move(name, 1, "PRODUCTION", OVERRIDE),
      move(name, 1, "STAGING", OVERRIDE),
      point("live", name, 1, OVERRIDE),
      point("free", name, 1, OVERRIDE),
      rollback(name, "stage: PRODUCTION"),
      rollback(name, `alias: "live"`),
    ]) {
      const refused = await commands.refusalOf(mutation, as);
      expect(refused).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["policies:override"] });
      expect(refused.message).toMatch(/^(transitionModelVersion|setAlias|rollback) with input.override requires/);
    }
  }
  for (const mutation of [move(model, 1, "PRODUCTION"), point("live", model, 1)]) {
    expect(await commands.refusalOf(mutation, as)).toMatchObject({ code: "POLICY_NOT_MET" });
  }
});

test("an override is for one move, and has an event and a reason", async () => {
  const model = "guarded-once";
  await commands.mutate(all(register(model), register(model)), PIPELINE);
  for (const reason of ["", "  ", "\u200b"]) {
    const empty = move(model, 1, "PRODUCTION", `override: { reason: "${reason}" }`);
    expect(await commands.refusalOf(empty, MAY)).toMatchObject({
      code: "INVALID_INPUT",
      field: "input.override.reason",
    });
  }
  expect(await commands.refusalOf(move(model, 1, "PRODUCTION"), MAY)).toMatchObject({ code: "POLICY_NOT_MET" });
  const before = await commands.revision();
  await commands.mutate(all(move(model, 1, "PRODUCTION", OVERRIDE), point("live", model, 1, OVERRIDE)), MAY);
  const events = await commands.eventsSince(before);
  expect(events.map(({ type }) => type)).toEqual([
    "model_version.stage_changed",
    "promotion.overridden",
    "alias.set",
    "promotion.overridden",
  ]);
  expect(events[1]?.after).toMatchObject({ reason: "Incident 4711", rules: [{ policy: "gate", kind: "tag" }] });
  for (const again of [
    move(model, 2, "PRODUCTION"),
    point("live", model, 2),
    point("live-eu", model, 1),
    move(model, 2, "PRODUCTION", "archiveExisting: true"),
  ]) {
    expect(await commands.refusalOf(again, MAY)).toMatchObject({ code: "POLICY_NOT_MET" });
  }
});

test("an override that was not needed is none", async () => {
  const model = "guarded-met";
  await commands.mutate(all(register(model)), PIPELINE);
  await commands.mutate(all(tagged(onVersion(model, 1), "approved", "yes")), RISK);
  const before = await commands.revision();
  const decided = `{ transition { decision { overrideReason } } }`;
  const moved = await commands.mutate(
    `${move(model, 1, "PRODUCTION", OVERRIDE)} ${decided} ${point("live", model, 1, OVERRIDE)} ${decided}
     free: ${point("free", model, 1, OVERRIDE)} ${decided} again: ${point("live", model, 1, OVERRIDE)} { transition { id } }`,
    MAY,
  );
  expect(moved).toMatchObject({
    transitionModelVersion: { transition: { decision: { overrideReason: null } } },
    setAlias: { transition: { decision: { overrideReason: null } } },
    free: { transition: { decision: null } },
    again: { transition: null },
  });
  const types = (await commands.eventsSince(before)).map(({ type }) => type);
  expect(types).toEqual(["model_version.stage_changed", "alias.set", "alias.set"]);
});

test("no override goes past the single holder, also beside a rule that it could go past", async () => {
  await commands.mutate(all(register("alone"), register("alone")), PIPELINE);
  await commands.mutate(all(move("alone", 1, "PRODUCTION", OVERRIDE)), MAY);
  const refused = await commands.refusalOf(move("alone", 2, "PRODUCTION", OVERRIDE), MAY);
  expect(refused).toMatchObject({
    code: "POLICY_NOT_MET",
    rules: [{ kind: "SINGLE_HOLDER" }, { kind: "REASON" }],
  });
  await commands.mutate(all(move("alone", 2, "PRODUCTION", `${OVERRIDE}, archiveExisting: true`)), MAY);
});

test("a repeated move returns the first result and asks nothing", async () => {
  const model = "guarded-repeated";
  await commands.mutate(all(register(model), register(model)), PIPELINE);
  await commands.mutate(all(tagged(onVersion(model, 2), "approved", "yes")), RISK);
  const key = (name: string) => `idempotencyKey: "${name}"`;
  const calls: readonly [string, string][] = [
    ["transitionModelVersion", move(model, 1, "PRODUCTION", `${OVERRIDE}, ${key("a")}`)],
    ["setAlias", point("live", model, 1, `${OVERRIDE}, ${key("b")}`)],
    ["setAlias", point("live", model, 2, key("c"))],
    ["rollback", rollback(model, `alias: "live"`, key("d"))],
  ];
  const run = async (as: As) => {
    const found: unknown[] = [];
    for (const [name, call] of calls) {
      const field = name === "rollback" ? "aliasTransition" : "transition";
      const answer = await commands.mutate(`${call} { ${field} { id decision { overrideReason } } }`, as);
      found.push(answer[name][field]);
    }
    return found;
  };
  const first = await run(MAY);
  expect(first).toMatchObject([
    { decision: { overrideReason: "Incident 4711" } },
    { decision: { overrideReason: "Incident 4711" } },
    { decision: { overrideReason: null } },
    { decision: { overrideReason: "Incident 4711" } },
  ]);
  await commands.mutate(all(`deleteTag(input: { ${onVersion(model, 2)}, key: "approved" })`), RISK);
  const before = await commands.revision();
  expect(await run(MAY)).toEqual(first);
  expect(await commands.eventsSince(before)).toEqual([]);
  // another reason for the override is another move, and without the scope it is no move
  const other = calls[0]?.[1].replace("4711", "4712") ?? "";
  expect(await commands.refusalOf(other, MAY)).toMatchObject({ code: "CONFLICT", field: "input.idempotencyKey" });
  expect(await commands.refusalOf(calls[0]?.[1] ?? "", { ...PIPELINE, subject: "on-call" })).toMatchObject({
    code: "FORBIDDEN",
  });
});
