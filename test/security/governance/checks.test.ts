import { beforeAll, expect, test } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";
import type { As } from "../../support/server.js";
import { all, byNumber, move, PIPELINE, register } from "./gate.js";

const commands = useCommandServer(`applyPolicy(input: {
  name: "scanned", selector: { models: ["scanned*"] }, target: { stages: [PRODUCTION] }
  rules: [{ check: { name: "scan", evidenceFrom: { groups: ["scanners"], scopes: ["checks:write"] } } }]
}) { revision }`);

const SCANNER: As = { subject: "scanner", scopes: ["checks:write"], groups: ["scanners"] };
const report = (version: string, more = "status: PASSED") =>
  `reportCheck(input: { version: ${version}, name: "scan" ${more} })`;
const REPORTED = "{ check { id } }";

let id: string;
beforeAll(async () => {
  await commands.mutate(all(register("hidden"), register("scanned")), PIPELINE);
  id = (await commands.data(`{ modelVersion(ref: ${byNumber("hidden", 1)}) { id } }`)).modelVersion.id;
});

test("a version outside the claim is refused like a missing one, by every reference", async () => {
  await commands.mutate(all(`setAlias(input: { version: { id: "${id}" }, alias: "a" })`), PIPELINE);
  const missingId = Buffer.from("ModelVersion:00000000-0000-4000-8000-000000000000").toString("base64url");
  const missing = [`{ id: "${missingId}" }`, byNumber("nobody", 1), `{ alias: { model: "nobody", alias: "a" } }`];
  const hidden = [`{ id: "${id}" }`, byNumber("hidden", 1), `{ alias: { model: "hidden", alias: "a" } }`];
  const narrowed: As = { ...SCANNER, models: ["scanned"] };
  for (const [index, version] of hidden.entries()) {
    const { requestId: _, ...found } = await commands.refusalOf(report(version), narrowed);
    const { requestId: __, ...absent } = await commands.refusalOf(report(missing[index] ?? ""), narrowed);
    expect(found).toEqual({ ...absent, message: absent.message?.replace("nobody", "hidden") });
    expect(found.code).toBe("NOT_FOUND");
  }
});

test("a check is seen with its version only", async () => {
  const { reportCheck } = await commands.mutate(`${report(byNumber("hidden", 1))} ${REPORTED}`);
  const query = `{ node(id: "${reportCheck.check.id}") { ... on Check { name modelVersion { number } } } }`;
  const seen = async (as?: As) => (await commands.data(query, {}, as)).node;
  expect(await seen()).toEqual({ name: "scan", modelVersion: { number: 1 } });
  expect(await seen({ scopes: ["models:read"], models: ["scanned"] })).toBeNull();
  const blind = await commands.request(query, {}, { scopes: ["checks:write"] });
  expect(blind.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", requiredScopes: ["models:read"] });

  const version = byNumber("hidden", 2);
  await commands.mutate(all(register("hidden")), PIPELINE);
  const later = await commands.mutate(`${report(version)} ${REPORTED}`);
  await commands.mutate(all(`deleteModelVersion(input: { version: ${version} })`), PIPELINE);
  const ofDeleted = `{ node(id: "${later.reportCheck.check.id}") { ... on Check { name } } }`;
  expect((await commands.data(ofDeleted)).node).toBeNull();
  expect(await commands.refusalOf(report(version))).toMatchObject({ code: "NOT_FOUND" });
  const events = `{ events(last: 1, where: { types: [CHECK_REPORTED] }) { nodes { ... on CheckReportedEvent { name check { id } } } } }`;
  expect((await commands.data(events)).events.nodes).toEqual([{ name: "scan", check: null }]);
});

test.each([
  "javascript:alert(1)",
  "JavaScript:alert(1)",
  "data:text/html,x",
  "https:alert(1)",
  "//evil.example/x",
  "https://user:secret@ci.example/1",
  "https://user@ci.example/1",
  "https://%75ser%40ci.example/1",
  "https://ci.example/1?token=secret",
  "https://ci.example/1?X-Amz-Signature=secret",
  "https://ci.example/1#access_token=secret",
  "https://ci.example/1;api_key=secret",
  "https://ci.example/\\\\evil.example",
  "https://ci.example/a b",
  "https://",
  `https://ci.example/${"x".repeat(2_000)}`,
])("the url %s is refused", async (url) => {
  const refused = await commands.refusalOf(report(byNumber("scanned", 1), `status: PASSED, url: "${url}"`), SCANNER);
  expect(refused).toMatchObject({ code: "INVALID_INPUT", field: "input.url" });
  expect(JSON.stringify(refused)).not.toMatch(/secret|alert/);
});

test.each([
  [`name: ""`, "input.name"],
  [`name: "${"n".repeat(251)}"`, "input.name"],
  [`name: "a\\nb"`, "input.name"],
  [`summary: "${"s".repeat(5_001)}"`, "input.summary"],
  [`evidence: "text"`, "input.evidence"],
  [`evidence: { long: "${"e".repeat(100_000)}" }`, "input.evidence"],
])("%s is refused", async (more, field) => {
  const mutation = `reportCheck(input: { version: ${byNumber("scanned", 1)}, status: PASSED ${more.startsWith("name") ? "" : `, name: "scan"`}, ${more} })`;
  expect(await commands.refusalOf(mutation, SCANNER)).toMatchObject({ code: "INVALID_INPUT", field });
});

test("only reports by who counts, and the newest of them, pass the gate", async () => {
  const onto = move("scanned", 1, "PRODUCTION");
  const refused = async () =>
    expect(await commands.refusalOf(onto, PIPELINE)).toMatchObject({ code: "POLICY_NOT_MET" });
  const version = byNumber("scanned", 1);
  const reported = (status: string, as: As, more = "") =>
    commands.mutate(all(report(version, `status: ${status} ${more}`)), as);
  await reported("PASSED", PIPELINE);
  await reported("PASSED", { ...SCANNER, groups: ["Scanners"] });
  await refused();
  await reported("FAILED", SCANNER);
  await reported("PASSED", { ...SCANNER, groups: [] });
  await refused();
  await reported("PASSED", SCANNER, `, expiresAt: "2020-01-01T00:00:00Z"`);
  await refused();
  await reported("PASSED", SCANNER);
  await reported("PENDING", SCANNER);
  await refused();
  await reported("PASSED", { ...SCANNER, subject: "another scanner" });
  await reported("FAILED", PIPELINE);
  await commands.mutate(all(onto), PIPELINE);
});

test("a check of another digest does not count", async () => {
  const pending = register("scanned", `, status: PENDING_REGISTRATION, digest: "sha256:${"a".repeat(64)}"`);
  const { createModelVersion } = await commands.mutate(`${pending} { modelVersion { number } }`, PIPELINE);
  const { number } = createModelVersion.modelVersion;
  const version = byNumber("scanned", number);
  await commands.mutate(all(report(version)), SCANNER);
  const swap = `updateModelVersion(input: { version: ${version}, status: READY, digest: "sha256:${"e".repeat(64)}" })`;
  await commands.mutate(all(swap), PIPELINE);
  const refused = await commands.refusalOf(move("scanned", number, "PRODUCTION"), PIPELINE);
  expect(refused.message).toContain("was made for another digest");
});
