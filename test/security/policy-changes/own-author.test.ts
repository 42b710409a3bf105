import { uuidv7 } from "uuidv7";
import { beforeAll, expect, test } from "vitest";
import { systemViewer } from "../../../src/domain/access/system-viewer.js";
import { createCommandContext } from "../../../src/registry/command.js";
import { approvePolicyChange, cancelPolicyChange } from "../../../src/registry/policy-changes/review-policy-change.js";
import type { As } from "../../support/server.js";
import { WRITER } from "../../support/writer.js";
import { all, move, PIPELINE, register, tagged } from "../governance/gate.js";
import { ADA, approve, author, BEN, cancel, policy, reject, removal, useCommittee } from "./committee.js";

const committee = useCommittee();
const { commands } = committee;

const NAME = "vault";
let before: Awaited<ReturnType<typeof committee.show>>;
beforeAll(async () => {
  await committee.protect(NAME);
  await commands.mutate(all(register(NAME)), PIPELINE);
  before = await committee.show(NAME);
});

/** The policy is what it was, and still refuses what it refused. */
async function expectUnchanged(): Promise<void> {
  expect({ ...(await committee.show(NAME)), openChangeRequest: null }).toEqual(before);
  expect(await commands.refusalOf(move(NAME, 1, "PRODUCTION"), PIPELINE)).toMatchObject({ code: "POLICY_NOT_MET" });
}

test.each([
  ["weaker rules", policy(NAME, 1)],
  ["OFF", policy(NAME, 5, "protected: true, mode: OFF")],
  ["EVALUATE", policy(NAME, 5, "protected: true, mode: EVALUATE")],
  ["no protection any more", policy(NAME, 5, "protected: false")],
  ["no protection by leaving it out", policy(NAME, 5, "")],
  ["null for protected", policy(NAME, 5, "protected: null")],
  ["another selector", policy(NAME, 5).replace(`"${NAME}*"`, `"other*"`)],
  ["another target", policy(NAME, 5).replace("PRODUCTION", "STAGING")],
  ["an expected revision", policy(NAME, 1, "protected: true, expectedRevision: 1")],
  ["deletion", removal(NAME)],
  ["deletion with its revision", removal(NAME, "expectedRevision: 1")],
])("its author cannot change a protected policy alone: %s", async (_name, mutation) => {
  const head = await commands.revision();
  const id = await committee.propose(mutation);
  await expectUnchanged();
  expect((await commands.eventsSince(head)).map(({ type }) => type)).toEqual(["policy_change.requested"]);
  for (const self of [
    { ...ADA, tokenId: "another" },
    author("ada", { name: "Somebody else", scopes: ["admin"], groups: ["officers"] }),
  ] as As[]) {
    for (const mine of [approve(id), reject(id)]) {
      expect(await commands.refusalOf(mine, self)).toMatchObject({ code: "FORBIDDEN", requiredScopes: [] });
    }
  }
  await expectUnchanged();
  await committee.run(cancel(id), ADA);
  expect(await committee.statusOf(id)).toBe("CANCELLED");
  for (const late of [approve(id), reject(id)]) {
    expect(await commands.refusalOf(late, BEN)).toMatchObject({ code: "CONFLICT", status: "CANCELLED" });
  }
  await expectUnchanged();
});

test("not in several steps of one document, nor by deleting and applying again", async () => {
  const document = `mutation {
    off: ${policy(NAME, 1, "mode: OFF")} { changed changeRequest { id } }
    gone: ${removal(NAME)} { deletedId }
    anew: ${policy(NAME, 1, "mode: OFF")} { changed } }`;
  const { errors } = await commands.request(document, {}, ADA);
  expect(errors?.map(({ path, extensions }) => [path?.[0], extensions.code])).toEqual([["gone", "ALREADY_EXISTS"]]);
  await expectUnchanged();
  await committee.run(cancel((await committee.show(NAME))?.openChangeRequest?.id ?? ""), ADA);
});

test("not by another policy: all that select a model hold together, and names differ by case and blanks", async () => {
  for (const name of ["a-lax-one", NAME.toUpperCase(), `${NAME}.`]) {
    await commands.mutate(`${policy(name, 1, "mode: EVALUATE").replace(`"${name}*"`, `"${NAME}*"`)} { changed }`, ADA);
  }
  await expectUnchanged();
});

test("not by what the selector looks at: the model's name", async () => {
  const rename = `renameModel(input: { model: { name: "${NAME}" }, newName: "elsewhere" })`;
  expect(await commands.refusalOf(rename, PIPELINE)).toMatchObject({ code: "FORBIDDEN" });
});

test("not by what the selector looks at: its tags, which are reserved to policies:write", async () => {
  const name = "tagged";
  await commands.mutate(
    `${policy(name, 5).replace("selector: {", `selector: { tags: [{ key: "tier", values: ["high"] }]`)} { changed }`,
    ADA,
  );
  await commands.mutate(all(register(name)), PIPELINE);
  const lower = tagged(`on: { model: { name: "${name}" } }`, "tier", "low");
  expect(await commands.refusalOf(lower, PIPELINE)).toMatchObject({ code: "FORBIDDEN" });
});

test("a dry run says that the change would wait, checks it as its approval would, and leaves no trace", async () => {
  await commands.mutate(
    all(register("pair"), register("pair"), move("pair", 1, "PRODUCTION"), move("pair", 2, "PRODUCTION")),
    PIPELINE,
  );
  await committee.protect("pair");
  const head = await commands.revision();
  const dry = await commands.mutate(
    `${policy("pair", 7, "protected: true, dryRun: true")} { changed needsApproval revision changeRequest { id } }`,
    ADA,
  );
  expect(dry.applyPolicy).toEqual({ changed: false, needsApproval: true, revision: 1, changeRequest: null });
  const single = (more: string) => policy("pair", 5, more).replace("rules: [", "rules: [{ singleHolder: true }");
  const conflict = { code: "CONFLICT", stages: [{ modelName: "pair", numbers: [1, 2] }] };
  expect(await commands.refusalOf(single("protected: true, dryRun: true"), ADA)).toMatchObject(conflict);
  expect(await commands.revision()).toBe(head);
  expect(await committee.show("pair")).toMatchObject({ revision: 1, openChangeRequest: null });

  const id = await committee.propose(single("protected: true"));
  expect(await commands.refusalOf(approve(id), BEN), "the approval checks it again").toMatchObject(conflict);
  expect(await committee.statusOf(id)).toBe("OPEN");
  expect(await committee.show("pair")).toMatchObject({ revision: 1 });
  await commands.mutate(all(move("pair", 1, "ARCHIVED")), PIPELINE);
  await committee.run(approve(id), BEN);
  expect(await committee.show("pair")).toMatchObject({ revision: 2, openChangeRequest: null });
  expect(await commands.refusalOf(move("pair", 1, "PRODUCTION", `, reason: "Better"`), PIPELINE)).toMatchObject({
    code: "POLICY_NOT_MET",
  });
});

test("an issuer and a subject are a person, and the registry itself is none that approves", async () => {
  const { prisma } = commands.server.database;
  const services = { prisma, now: () => new Date(), newId: uuidv7, sourceSchemes: [] };
  const id = await committee.propose(policy(NAME, 6));
  const { id: row } = await prisma.policyChangeRequest.findFirstOrThrow({ where: { status: "OPEN" } });
  const namesake = {
    ...WRITER,
    scopes: new Set(["policies:write"] as const),
    actor: { ...WRITER.actor, issuer: "https://another.test", subject: "ada" },
  };
  const input = { request: row };
  await expect(cancelPolicyChange(createCommandContext(services, namesake, "r1"), input)).rejects.toThrow(/proposed/);
  const system = createCommandContext(services, systemViewer("policies"), "r2");
  await expect(approvePolicyChange(system, input)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await approvePolicyChange(createCommandContext(services, namesake, "r3"), input);
  expect(await committee.statusOf(id)).toBe("APPLIED");
  expect(await committee.show(NAME)).toMatchObject({ revision: 2 });
  await committee.run(approve(await committee.propose(policy(NAME, 5))), BEN);
  before = await committee.show(NAME);
});

test("the database itself lets a protected policy change only by an applied request", async () => {
  const { pool } = commands.server.database;
  for (const set of [`"mode" = 'OFF'`, `"deletedAt" = now()`, `"definition" = '{}'`, `"revision" = 9`]) {
    await expect(pool.query(`UPDATE "Policy" SET ${set} WHERE "name" = $1`, [NAME])).rejects.toThrow(/protected/);
  }
  const id = await committee.propose(policy(NAME, 1));
  const forged = `"proposal" = '{"mode": "OFF", "definition": {}}'`;
  for (const set of [forged, `"createdBySubject" = 'eve'`, `"expectedRevision" = 7`]) {
    const change = pool.query(`UPDATE "PolicyChangeRequest" SET ${set} WHERE "status" = 'OPEN'`);
    await expect(change).rejects.toThrow(/stays as it was proposed/);
  }
  await committee.run(reject(id), BEN);
  const reopened = pool.query(`UPDATE "PolicyChangeRequest" SET "status" = 'OPEN' WHERE "status" = 'REJECTED'`);
  await expect(reopened).rejects.toThrow(/closed/);
  await expectUnchanged();
});

test("what changes nothing answers as ever, also while a change waits", async () => {
  const id = await committee.propose(policy(NAME, 6));
  const { applyPolicy } = await commands.mutate(
    `${policy(NAME, 5)} { changed needsApproval changeRequest { id } }`,
    BEN,
  );
  expect(applyPolicy).toEqual({ changed: false, needsApproval: false, changeRequest: null });
  expect((await committee.show(NAME))?.openChangeRequest?.id).toBe(id);
  await committee.run(cancel(id), ADA);
});
