import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMAND_SCOPE, type Scope } from "../../../src/domain/access/scopes.js";
import { STAGE_SCOPE, STAGES, type Stage } from "../../../src/domain/versions/stage.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { ALL, mallory, refusals, revision, type Seed, START_MS, seedModel, subsets } from "./fixture.js";
import type { TrackingCommand } from "./tracking-seed.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, START_MS);
afterAll(() => server?.stop());

const nth = ({ name }: Seed, number: number) => `{ number: { model: "${name}", number: ${number} } }`;
const DONE = "{ __typename }";

async function refuses(document: string, scopes: readonly Scope[], required: readonly Scope[]): Promise<void> {
  const before = await revision(server);
  const answer = await server.request(document, {}, mallory(scopes));
  const [refusal, ...others] = refusals(answer);
  expect({ ...refusal, path: refusal?.path?.length }).toEqual({
    path: 1,
    code: "FORBIDDEN",
    requiredScopes: expect.arrayContaining([...required]),
  });
  expect(refusal?.requiredScopes).toHaveLength(required.length);
  expect(others).toEqual([]);
  expect(answer.data).toBeNull();
  expect(answer.errors?.[0]?.extensions.retryable).toBe(false);
  expect(await revision(server), "nothing was written").toBe(before);
}

async function grants(document: string, scopes: readonly Scope[]): Promise<void> {
  const before = await revision(server);
  await server.data(document, {}, mallory(scopes));
  expect(await revision(server), "it was written").toBeGreaterThan(before);
}

/** Commands that the tests of webhooks and revocation cover. */
type OtherCommand =
  | "approvePromotion"
  | "rejectPromotion"
  | "commentPromotion"
  | "approvePolicyChange"
  | "rejectPolicyChange"
  | "cancelPolicyChange"
  | "acknowledgeOverride"
  | "createWebhook"
  | "updateWebhook"
  | "deleteWebhook"
  | "testWebhook"
  | "redeliver"
  | "revokeTokens";

describe("a command", () => {
  const COMMANDS = {
    registerModel: ({ name }) => `registerModel(input: { name: "${name}-new" })`,
    updateModel: ({ name }) => `updateModel(input: { model: { name: "${name}" }, description: "Mine." })`,
    renameModel: ({ id, name }) => `renameModel(input: { model: { id: "${id}" }, newName: "${name}-mine" })`,
    deleteModel: ({ name }) => `deleteModel(input: { model: { name: "${name}-bare" } })`,
    restoreModel: ({ id }) => `restoreModel(input: { id: "${id}" })`,
    createModelVersion: ({ name }) =>
      `createModelVersion(input: { model: { name: "${name}" }, source: "s3://mine/5" })`,
    updateModelVersion: (seed) => `updateModelVersion(input: { version: ${nth(seed, 1)}, description: "Mine." })`,
    deleteModelVersion: ({ name }) =>
      `deleteModelVersion(input: { version: { number: { model: "${name}-bare", number: 1 } } })`,
    restoreModelVersion: ({ versions }) => `restoreModelVersion(input: { id: "${versions[3]}" })`,
    setAlias: ({ name }) => `setAlias(input: { model: { name: "${name}" }, alias: "champion", number: 2 })`,
    deleteAlias: ({ name }) => `deleteAlias(input: { model: { name: "${name}" }, alias: "champion" })`,
    setTag: (seed) => `setTag(input: { on: { modelVersion: ${nth(seed, 1)} }, key: "team", value: "mine" })`,
    applyPolicy: ({ name }) =>
      `applyPolicy(input: { name: "${name}", selector: { models: ["${name}"] }, target: { stages: [STAGING] }, rules: [{ reason: {} }] })`,
    deletePolicy: ({ name }) => `deletePolicy(input: { name: "${name}-old" })`,
    reportCheck: (seed) => `reportCheck(input: { version: ${nth(seed, 1)}, name: "bias-scan", status: PASSED })`,
    deleteTag: ({ name }) => `deleteTag(input: { on: { model: { name: "${name}" } }, key: "team" })`,
  } as const satisfies Record<
    Exclude<keyof typeof COMMAND_SCOPE, TrackingCommand | OtherCommand>,
    (seed: Seed) => string
  >;
  const commands = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];

  async function prepare(command: string): Promise<Seed> {
    const seed = await seedModel(server);
    const name = `${seed.name}-bare`;
    await server.data(
      `mutation { createModelVersion(input: { model: { name: "${name}" }, createModel: true, source: "s3://bare/1" }) ${DONE} }`,
    );
    if (command === "deletePolicy") {
      await server.data(`mutation { applyPolicy(input: {
        name: "${seed.name}-old", selector: { models: ["${seed.name}"] }, target: { stages: [STAGING] }, rules: [{ reason: {} }]
      }) ${DONE} }`);
    }
    if (command === "restoreModel") {
      await server.data(`mutation { deleteModel(input: { model: { id: "${seed.id}" }, force: true }) ${DONE} }`);
    }
    return seed;
  }

  test.each(commands)("%s requires its scope and no other", async (command) => {
    const seed = await prepare(command);
    const document = `mutation { ${COMMANDS[command](seed)} ${DONE} }`;
    const scope = COMMAND_SCOPE[command];
    await refuses(
      document,
      ALL.filter((other) => other !== scope),
      [scope],
    );
    await refuses(document, [], [scope]);
    const ghost = `mutation { ${COMMANDS[command]({ ...seed, name: "ghost" })} ${DONE} }`;
    const [there, missing] = [
      await server.request(document, {}, mallory([])),
      await server.request(ghost, {}, mallory([])),
    ];
    expect(there.errors?.[0]?.message, "whether what it names is there or not").toBe(missing.errors?.[0]?.message);
    await grants(document, [scope]);
  });

  const ofEachScope = ["registerModel", "deleteModelVersion", "setAlias"] as const satisfies (keyof typeof COMMANDS)[];
  test.each(ofEachScope)("%s is allowed with admin", async (command) => {
    await grants(`mutation { ${COMMANDS[command](await prepare(command))} ${DONE} }`, ["admin"]);
  });

  test("createModelVersion with aliases requires aliases:write too", async () => {
    const { name } = await seedModel(server);
    const document = `mutation { createModelVersion(input: {
      model: { name: "${name}" }, source: "s3://mine/5", aliases: ["champion"] }) ${DONE} }`;
    await refuses(document, ["models:write"], ["aliases:write"]);
    await refuses(document, ["aliases:write"], ["models:write"]);
    await grants(document, ["models:write", "aliases:write"]);
  });

  test("a refused command stops the document; the commands before it stay done", async () => {
    const { name, id } = await seedModel(server);
    const document = `mutation {
      updateModel(input: { model: { id: "${id}" }, description: "First." }) ${DONE}
      deleteModel(input: { model: { id: "${id}" }, force: true }) ${DONE}
      setTag(input: { on: { model: { id: "${id}" } }, key: "last", value: "1" }) ${DONE} }`;
    const answer = await server.request(document, {}, mallory(["models:write"]));
    expect(refusals(answer)).toEqual([{ path: ["deleteModel"], code: "FORBIDDEN", requiredScopes: ["models:delete"] }]);
    const { model } = await server.data(`{ model(name: "${name}") { description tag(key: "last") } }`);
    expect(model).toEqual({ description: "First.", tag: null });
  });
});

describe("a move", () => {
  const moves = STAGES.flatMap((from) => STAGES.filter((to) => to !== from).map((to): [Stage, Stage] => [from, to]));

  test.each(moves)("from %s to %s requires the scopes of both", async (from, to) => {
    const seed = await seedModel(server);
    if (from !== "NONE") await server.data(moveOf(seed, from));
    const document = moveOf(seed, to);
    const both = [STAGE_SCOPE[from], STAGE_SCOPE[to]];
    const without = (scope: Scope) => ALL.filter((other) => other !== scope);
    await refuses(document, without(STAGE_SCOPE[to]), [STAGE_SCOPE[to]]);
    await refuses(document, without(STAGE_SCOPE[from]), [STAGE_SCOPE[from]]);
    await refuses(document, [], [STAGE_SCOPE[to]]);
    await grants(document, both);
  });

  test("with archiveExisting requires the target's scope, not that of ARCHIVED", async () => {
    const seed = await seedModel(server);
    const rest = ", archiveExisting: true";
    await refuses(moveOf(seed, "PRODUCTION", rest), ["models:write", "stages:archived"], ["stages:production"]);
    await grants(moveOf(seed, "PRODUCTION", rest), ["models:write", "stages:production"]);
  });

  test("replayed under a key requires the current right to the target, and is refused without it", async () => {
    const seed = await seedModel(server);
    const document = moveOf(seed, "ARCHIVED", ', idempotencyKey: "once"', "{ modelVersion { number } }");
    const scopes: Scope[] = ["models:read", "models:write", "stages:archived"];
    await server.data(document, {}, mallory(scopes));
    const before = await revision(server);
    expect(await server.data(document, {}, mallory(scopes))).toMatchObject({
      transitionModelVersion: { modelVersion: { number: 3 } },
    });
    await refuses(document, ["models:read", "models:write"], ["stages:archived"]);
    const blind = await server.request(document, {}, mallory(["stages:archived"]));
    expect(blind.data).toEqual({ transitionModelVersion: { modelVersion: null } });
    expect(await revision(server)).toBe(before);
  });

  function moveOf(seed: Seed, to: Stage, rest = "", select = DONE): string {
    return `mutation { transitionModelVersion(input: { version: ${nth(seed, 3)}, to: ${to}${rest} }) ${select} }`;
  }
});

describe("a forced delete requires the scopes of the stages and aliases that it removes", () => {
  const FORCED: [string, (seed: Seed) => string, Scope[]][] = [
    [
      "a model",
      ({ name }) => `deleteModel(input: { model: { name: "${name}" }, force: true })`,
      ["stages:production", "stages:staging", "stages:archived", "aliases:write"],
    ],
    ["a holder under an alias", (seed) => version(seed, 1), ["stages:production", "stages:archived", "aliases:write"]],
    ["a holder", (seed) => version(seed, 2), ["stages:staging", "stages:archived"]],
    ["a version under an alias", (seed) => version(seed, 3), ["aliases:write"]],
  ];

  test.each(FORCED)("%s", async (_what, act, required) => {
    const seed = await seedModel(server);
    const document = `mutation { ${act(seed)} ${DONE} }`;
    const others = ALL.filter((scope) => !required.includes(scope));
    for (const held of subsets(required).filter((set) => set.length < required.length)) {
      const missing = required.filter((scope) => !held.includes(scope));
      await refuses(document, [...others, ...held], missing);
    }
    await refuses(document, required, ["models:delete"]);
    await grants(document, ["models:delete", ...required]);
  });

  test("without force it is IN_USE, with the dependents that the viewer may see", async () => {
    const seed = await seedModel(server);
    const act = `mutation { deleteModel(input: { model: { name: "${seed.name}" } }) ${DONE} }`;
    const [seen, blind] = [
      await server.request(act, {}, mallory(["models:delete", "models:read"])),
      await server.request(act, {}, mallory(["models:delete"])),
    ];
    expect(seen.errors?.[0]?.extensions).toMatchObject({
      code: "IN_USE",
      dependents: [
        { number: 1, stage: "PRODUCTION" },
        { number: 2, stage: "STAGING" },
        { number: 1, alias: "champion" },
        { number: 3, alias: "next" },
      ],
    });
    expect(blind.errors?.[0]?.extensions).toMatchObject({ code: "IN_USE", dependents: [] });
    expect(blind.errors?.[0]?.message).not.toMatch(/champion|next|PRODUCTION|STAGING/);
  });

  function version(seed: Seed, number: number): string {
    return `deleteModelVersion(input: { version: ${nth(seed, number)}, force: true })`;
  }
});
