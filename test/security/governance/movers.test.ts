import { beforeAll, expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";
import type { As } from "../../support/server.js";
import { all, byNumber, move, OFFICER, PIPELINE, point, register } from "./gate.js";

const MOVERS = `applyPolicy(input: {
  name: "movers", selector: { models: ["moved*"] }, target: { stages: [PRODUCTION], aliases: ["live"] }
  protection: { movers: { groups: ["release"], scopes: ["stages:approve"] } }
}) { revision }`;
const commands = useCommandServer(MOVERS);

const RELEASE: As = {
  ...PIPELINE,
  subject: "release",
  scopes: [...(PIPELINE.scopes ?? []), "stages:approve"],
  groups: ["release"],
};
const OTHERS: Record<string, As> = {
  "without both": PIPELINE,
  "with the group only": { ...RELEASE, scopes: PIPELINE.scopes ?? [] },
  "with the scope only": { ...RELEASE, groups: [] },
  "who may change policies": OFFICER,
  "who may override": { ...PIPELINE, scopes: [...(PIPELINE.scopes ?? []), "policies:override"] },
  "that is an admin": { subject: "root", scopes: ["admin"] },
};

/** Version 1 is in PRODUCTION and under `live`, version 2 in STAGING, version 3 was in both before. */
beforeAll(async () => {
  await commands.mutate(all(...[1, 2, 3].map(() => register("moved"))), PIPELINE);
  await commands.mutate(
    all(
      move("moved", 3, "PRODUCTION"),
      point("live", "moved", 3),
      move("moved", 1, "PRODUCTION", "archiveExisting: true"),
      point("live", "moved", 1),
      move("moved", 2, "STAGING"),
    ),
    RELEASE,
  );
});

const MODEL = `model: { name: "moved" }`;
const OVERRIDE = `override: { reason: "Incident 4711" }`;
const MOVES: Record<string, string> = {
  "onto the stage": move("moved", 2, "PRODUCTION"),
  "onto the stage, by archiving another": move("moved", 2, "PRODUCTION", "archiveExisting: true"),
  "off the stage": move("moved", 1, "ARCHIVED"),
  "off the stage, to another": move("moved", 1, "STAGING", "archiveExisting: true"),
  "onto the alias": point("live", "moved", 2),
  "off the alias": `deleteAlias(input: { ${MODEL}, alias: "live" })`,
  "back to the stage": `rollback(input: { ${MODEL}, target: { stage: PRODUCTION } })`,
  "back to the alias": `rollback(input: { ${MODEL}, target: { alias: "live" } })`,
  "by a new version": register("moved", `aliases: ["live"]`),
  "by deleting the version": `deleteModelVersion(input: { version: ${byNumber("moved", 1)}, force: true })`,
  "by deleting the model": `deleteModel(input: { ${MODEL}, force: true })`,
};

test.each(Object.entries(MOVES))("%s only movers move", async (_, mutation) => {
  for (const [who, as] of Object.entries(OTHERS)) {
    const refused = await commands.refusalOf(mutation, as);
    expect(refused, who).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["stages:approve"] });
    expect(refused.message, who).toMatch(
      /^The policy "movers" \(revision 1\) lets only group release, scope stages:approve move versions onto/,
    );
  }
});

test.each(Object.entries(MOVES))("%s a token that may not read models learns no rule", async (_, mutation) => {
  const scopes = (PIPELINE.scopes ?? []).filter((scope) => scope !== "models:read");
  const refused = await commands.refusalOf(mutation, { ...PIPELINE, scopes });
  expect(refused).toMatchObject({ code: "FORBIDDEN", requiredScopes: [] });
  expect(JSON.stringify(refused)).not.toMatch(/movers|release|approve/);
});

test("an override is none of a mover's rights", async () => {
  const as = OTHERS["who may override"];
  for (const mutation of [
    move("moved", 2, "PRODUCTION", OVERRIDE),
    point("live", "moved", 2, OVERRIDE),
    `rollback(input: { ${MODEL}, target: { stage: PRODUCTION }, ${OVERRIDE} })`,
  ]) {
    expect(await commands.refusalOf(mutation, as)).toMatchObject({ code: "FORBIDDEN" });
  }
});

test("movers move, on every path", async () => {
  for (const name of [
    "onto the stage, by archiving another",
    "onto the alias",
    "back to the stage",
    "back to the alias",
  ]) {
    await commands.mutate(all(MOVES[name] ?? ""), RELEASE);
  }
  await commands.mutate(
    all(MOVES["off the stage, to another"] ?? "", MOVES["off the alias"] ?? "", MOVES["by a new version"] ?? ""),
    RELEASE,
  );
  await commands.mutate(all(MOVES["by deleting the model"] ?? ""), RELEASE);
});

test("a policy that only evaluates keeps nobody from moving", async () => {
  await commands.mutate(MOVERS.replace(`name: "movers"`, `name: "try", mode: EVALUATE`).replace("moved*", "tried"));
  await commands.mutate(all(register("tried", `aliases: ["live"]`), move("tried", 1, "PRODUCTION")), PIPELINE);
  await commands.mutate(all(move("tried", 1, "ARCHIVED")), PIPELINE);
});
