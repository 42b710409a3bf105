import { expect, test } from "vitest";
import type { As } from "../../support/server.js";
import { byNumber, move, onVersion, point, register, tagged } from "../governance/gate.js";
import { approve, askFor, EYES, guard, PIPELINE, RITA, ROB, renew, useDesk } from "./desk.js";

const desk = useDesk();
const { commands } = desk;

const LOOKS = `{ tag: { key: "ok" } } { check: { name: "scan" } } { present: { field: DESCRIPTION } }
  { metric: { key: "auc", comparator: GT, value: 0 } } ${EYES}`;
const REPORT = (model: string) =>
  `reportCheck(input: { version: ${byNumber(model, 1)}, name: "scan", status: PASSED })`;
const describe = (model: string, text: string) =>
  `updateModelVersion(input: { version: ${byNumber(model, 1)}, description: "${text}" })`;
const log = (run: string, value: number, step: number) =>
  `logBatch(input: { run: "${run}", metrics: [{ key: "auc", value: ${value}, step: ${step} }] })`;
const OVERRIDER: As = { scopes: ["admin", "policies:override"] };

/** A version that meets all rules and is approved. Returns the request and the run. */
async function arrange(model: string): Promise<{ id: string; run: string }> {
  await desk.run(`createExperiment(input: { name: "${model}" })`);
  const { createRun } = await commands.mutate(`createRun(input: { experiment: { name: "${model}" } }) { run { id } }`);
  const run = createRun.run.id;
  await desk.run(register(model, `, status: PENDING_REGISTRATION, run: "${run}", description: "Good"`), PIPELINE);
  await commands.mutate(guard(model, LOOKS));
  for (const mutation of [tagged(onVersion(model, 1), "ok", "yes"), REPORT(model), log(run, 0.5, 0)]) {
    await desk.run(mutation);
  }
  const id = await desk.ask(model, 1, `{ alias: "live" }`);
  await desk.run(approve(id), RITA);
  expect(await desk.statusOf(id)).toBe("APPROVED");
  return { id, run };
}

const CHANGES: Record<string, [(model: string, run: string) => string, RegExp]> = {
  policy: [
    (model) => guard(model, `${LOOKS} { reason: {} }`).replace(/ \{ revision \}$/, ""),
    /The policy "policy" changed/,
  ],
  tag: [(model) => tagged(onVersion(model, 1), "ok", "no"), /has changed for: .*ok/],
  "tag-again": [(model) => tagged(onVersion(model, 1), "ok", "sure"), /has changed for: .*ok/],
  metric: [(_, run) => log(run, 0.4, 1), /has changed for: .*auc/],
  check: [(model) => REPORT(model), /has changed for: .*scan/],
  description: [(model) => describe(model, "Better"), /has changed for: .*description/],
  contents: [
    (model) => `updateModelVersion(input: { version: ${byNumber(model, 1)}, source: "s3://bucket/evil" })`,
    /The contents of the version changed/,
  ],
  stage: [(model) => move(model, 1, "ARCHIVED"), /The version is in ARCHIVED and was in NONE/],
  holder: [
    (model) => `v: ${register(model)} { __typename } ${point("live", model, 2, `override: { reason: "Incident" }`)}`,
    /Version 2 holds the target now/,
  ],
};

test.each(Object.entries(CHANGES))(
  "%s: the move is refused when it changed since the approval",
  async (name, [change, why]) => {
    const { id, run } = await arrange(name);
    await desk.run(change(name, run), OVERRIDER);
    const refused = await commands.refusalOf(point("live", name, 1), PIPELINE);
    expect(refused).toMatchObject({ code: "POLICY_NOT_MET" });
    expect(refused.message).toMatch(why);
    await desk.run(renew(id), PIPELINE);
    expect(await commands.refusalOf(point("live", name, 1), PIPELINE)).toMatchObject({ code: "POLICY_NOT_MET" });
    expect(await desk.statusOf(id)).toBe("OPEN");
  },
);

test("an approval of what is stale is refused, without what a token may not read", async () => {
  await desk.open("blind", "{ approvals: { quorum: 2 } }", 1);
  const id = await desk.ask("blind");
  await desk.run(move("blind", 1, "STAGING"), PIPELINE);
  expect(await commands.refusalOf(approve(id), RITA)).toMatchObject({
    code: "CONFLICT",
    staleReasons: ["The version is in STAGING and was in NONE."],
  });
  const refused = await commands.refusalOf(approve(id), { ...RITA, scopes: ["stages:approve"] });
  expect(refused).toMatchObject({ code: "CONFLICT", message: "The request is stale. The requester can renew it." });
  expect(refused).not.toHaveProperty("staleReasons");
});

test("an approval counts for one version, one target and one requester", async () => {
  await desk.open("one", EYES, 2);
  const id = await desk.ask("one");
  await desk.run(approve(id), RITA);
  const refused = async (mutation: string, as = PIPELINE) =>
    expect(await commands.refusalOf(mutation, as), mutation).toMatchObject({ code: "POLICY_NOT_MET" });
  await refused(move("one", 2, "PRODUCTION"));
  await refused(point("live", "one", 1));
  await refused(register("one", `aliases: ["live"]`));
  await refused(move("one", 1, "PRODUCTION"), { ...PIPELINE, subject: "colleague" });
  expect(await commands.refusalOf(askFor("one"), { ...PIPELINE, subject: "colleague" })).toMatchObject({
    code: "ALREADY_EXISTS",
  });
  await desk.run(move("one", 1, "PRODUCTION"), PIPELINE);
  expect(await desk.statusOf(id)).toBe("EXECUTED");
  await desk.run(move("one", 1, "STAGING"), PIPELINE);
  await refused(move("one", 1, "PRODUCTION"));
});

test("a request that does not say so does not let the move archive the holders", async () => {
  await desk.run(register("swap"), PIPELINE);
  await desk.run(move("swap", 1, "PRODUCTION"), PIPELINE);
  await desk.open("swap");
  const id = await desk.ask("swap", 2);
  await desk.run(approve(id), RITA);
  const refused = await commands.refusalOf(move("swap", 2, "PRODUCTION", "archiveExisting: true"), PIPELINE);
  expect(refused).toMatchObject({ code: "POLICY_NOT_MET" });
  expect(refused.message).toContain("The move archives other versions, and the request does not say so.");
  await desk.run(move("swap", 2, "PRODUCTION"), PIPELINE);
});

test("renewal voids approvals, and asks those again who gave them", async () => {
  await desk.open("again", "{ approvals: { quorum: 2 } }");
  const id = await desk.ask("again");
  await desk.run(approve(id), RITA);
  const inbox = async () =>
    (await commands.data(`{ viewer { pendingApprovals { nodes { id } } } }`, {}, RITA)).viewer.pendingApprovals.nodes;
  expect(await inbox()).not.toContainEqual({ id });
  await desk.run(renew(id), PIPELINE);
  expect(await inbox()).toContainEqual({ id });
  await desk.run(approve(id), ROB);
  expect(await desk.statusOf(id)).toBe("OPEN");
  await desk.run(approve(id), RITA);
  expect(await desk.statusOf(id)).toBe("APPROVED");
});
