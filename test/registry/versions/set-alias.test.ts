import { expect, test } from "vitest";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  a: createModelVersion(input: {model: {name: "a"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }
  b: createModelVersion(input: {model: {name: "a"}, source: "s3://b/2"}) { modelVersion { id } }`);

const SET = `mutation ($input: SetAliasInput!) { setAlias(input: $input) { alias { name modelVersion { number } setBy { subject } } previous { number } } }`;
const UNSET = `mutation ($input: DeleteAliasInput!) { deleteAlias(input: $input) { previous { number } } }`;
const champion = (more: object = {}) => ({ input: { model: { name: "a" }, alias: "champion", ...more } });

test("an alias is set, moved and deleted with compare-and-set", async () => {
  expect(await commands.data(SET, champion({ number: 1, expectedNumber: null }))).toEqual({
    setAlias: {
      alias: { name: "champion", modelVersion: { number: 1 }, setBy: { subject: "tester" } },
      previous: null,
    },
  });
  for (const expectedNumber of [null, 2]) {
    expect(await commands.refusal(SET, champion({ number: 2, expectedNumber }))).toMatchObject({
      code: "CONFLICT",
      message: 'The alias "champion" points to version 1.',
      number: 1,
    });
  }
  const moved = await commands.data(SET, champion({ number: 2, expectedNumber: 1 }));
  expect(moved.setAlias.previous).toEqual({ number: 1 });
  expect(await commands.refusal(UNSET, champion({ expectedNumber: 1 }))).toMatchObject({ code: "CONFLICT" });
  expect(await commands.data(UNSET, champion())).toEqual({ deleteAlias: { previous: { number: 2 } } });
  expect(await commands.refusal(UNSET, champion())).toMatchObject({ code: "NOT_FOUND" });
});

const MOVE = `mutation ($input: SetAliasInput!) { setAlias(input: $input) {
  alias { name modelVersion { number } } previous { number } transition { id alias versionNumber previousNumber reason actor { subject } revision } } }`;
const REMOVE = `mutation ($input: DeleteAliasInput!) { deleteAlias(input: $input) {
  previous { number } transition { id alias versionNumber previousNumber reason } } }`;

test("an alias is moved by each way to refer to a version", async () => {
  const { modelVersion, model } = await commands.data(
    `{ modelVersion(ref: {number: {model: "a", number: 1}}) { id } model(name: "a") { id } }`,
  );
  await commands.data(SET, { input: { model: { name: "a" }, alias: "first", number: 1 } });
  const ways = [
    { version: { id: modelVersion.id } },
    { version: { number: { model: "a", number: 1 } } },
    { version: { alias: { model: "a", alias: "first" } } },
    { version: { alias: { model: "a", alias: "first" } }, model: { name: "a" }, number: null },
    { version: { id: modelVersion.id }, model: { id: model.id } },
    { version: null, model: { id: model.id }, number: 1 },
  ];
  for (const [i, way] of ways.entries()) {
    const { setAlias } = await commands.data(SET, { input: { alias: `by-${i}`, ...way } });
    expect(setAlias.alias).toMatchObject({ name: `by-${i}`, modelVersion: { number: 1 } });
  }
});

test.each<[string, object, object]>([
  ["both ways", { version: { number: { model: "a", number: 1 } }, model: { name: "a" }, number: 1 }, {}],
  ["a version and a number", { version: { number: { model: "a", number: 1 } }, number: 1 }, {}],
  ["no version", {}, {}],
  ["a model alone", { model: { name: "a" }, version: null }, {}],
  ["a number alone", { number: 1, model: null }, {}],
  [
    "a version of another model",
    { version: { number: { model: "a", number: 1 } }, model: { name: "other" } },
    { field: "input.model", message: "input.version is not a version of input.model." },
  ],
  [
    "a version of a model that does not exist",
    { version: { number: { model: "a", number: 1 } }, model: { name: "missing" } },
    { field: "input.model", message: "input.version is not a version of input.model." },
  ],
])("%s is refused", async (_what, way, more) => {
  await commands.mutate(`registerModel(input: {name: "other", ifExists: RETURN}) { created }`);
  expect(await commands.refusal(SET, { input: { alias: "refused", ...way } })).toMatchObject({
    code: "INVALID_INPUT",
    field: "input.version",
    message: "Give either input.version, or input.model and input.number.",
    ...more,
  });
});

test("the reason is in the event and in the history; without one, events are what they were", async () => {
  const before = await commands.revision();
  const input = { model: { name: "a" }, alias: "why" };
  const moves = [
    await commands.data(MOVE, { input: { ...input, number: 1 } }),
    await commands.data(MOVE, { input: { ...input, number: 2, reason: "Better." } }),
    await commands.data(MOVE, { input: { ...input, number: 1, reason: null } }),
    await commands.data(REMOVE, { input: { ...input, reason: "Worse." } }),
    await commands.data(MOVE, { input: { ...input, number: 1, reason: "" } }),
    await commands.data(REMOVE, { input }),
  ].map(({ setAlias, deleteAlias }) => (setAlias ?? deleteAlias).transition);
  const events = await commands.eventsSince(before);
  expect(events.map((event) => [event.type, event.before, event.after])).toEqual([
    ["alias.set", null, { number: 1 }],
    ["alias.set", { number: 1 }, { number: 2, reason: "Better." }],
    ["alias.set", { number: 2 }, { number: 1 }],
    ["alias.deleted", { number: 1 }, { reason: "Worse." }],
    ["alias.set", null, { number: 1, reason: "" }],
    ["alias.deleted", { number: 1 }, null],
  ]);
  expect(moves.map((move) => [move.previousNumber, move.versionNumber, move.reason])).toEqual([
    [null, 1, null],
    [1, 2, "Better."],
    [2, 1, null],
    [1, null, "Worse."],
    [null, 1, ""],
    [1, null, null],
  ]);
  expect(moves[0]).toMatchObject({ alias: "why", actor: { subject: "tester" }, revision: before + 1 });
});

test("an alias that points to the version already is not moved", async () => {
  const input = { version: { number: { model: "a", number: 1 } }, alias: "still" };
  await commands.data(SET, { input });
  const before = await commands.revision();
  expect((await commands.data(MOVE, { input: { ...input, reason: "Again." } })).setAlias).toEqual({
    alias: { name: "still", modelVersion: { number: 1 } },
    previous: { number: 1 },
    transition: null,
  });
  expect(await commands.revision()).toBe(before);
});

test("a reason is as long as that of a transition, and turns no text around", async () => {
  const input = { model: { name: "a" }, alias: "long" };
  const longest = "x".repeat(5_000);
  expect((await commands.data(MOVE, { input: { ...input, number: 1, reason: longest } })).setAlias).toMatchObject({
    transition: { reason: longest },
  });
  for (const reason of [`${longest}x`, "\u202eback"]) {
    const refused = { code: "INVALID_INPUT", field: "input.reason" };
    expect(await commands.refusal(SET, { input: { ...input, number: 2, reason } })).toMatchObject(refused);
    expect(await commands.refusal(UNSET, { input: { ...input, reason } })).toMatchObject(refused);
  }
});

test("a retry with the key answers what the first request did, also after the alias moved on", async () => {
  const set = { model: { name: "a" }, alias: "once", number: 1, reason: "Better.", idempotencyKey: "set once" };
  const { setAlias: first } = await commands.data(MOVE, { input: set });
  await commands.data(SET, { input: { model: { name: "a" }, alias: "once", number: 2 } });
  const before = await commands.revision();
  // the same version by another reference is the same input
  const { model, number, ...rest } = set;
  const again = await commands.data(MOVE, {
    input: { ...rest, version: { number: { model: model.name, number } } },
  });
  expect(again.setAlias).toEqual({ ...first, alias: { name: "once", modelVersion: { number: 2 } } });
  expect(await commands.refusal(MOVE, { input: { ...set, number: 2 } })).toMatchObject({
    code: "CONFLICT",
    field: "input.idempotencyKey",
  });
  const remove = { model: { name: "a" }, alias: "once", idempotencyKey: "removed once" };
  const removed = await commands.data(REMOVE, { input: remove });
  expect(removed.deleteAlias).toMatchObject({ previous: { number: 2 }, transition: { previousNumber: 2 } });
  expect(await commands.data(REMOVE, { input: remove })).toEqual(removed);
  expect(await commands.revision()).toBe(before + 1);
});

test("a forced delete of a version, and a version that is registered under an alias, write rows without a reason", async () => {
  const { createModelVersion } = await commands.mutate(
    `createModelVersion(input: {model: {name: "a"}, source: "s3://b/3", aliases: ["doomed"]}) { modelVersion { id number } }`,
  );
  const { id, number } = createModelVersion.modelVersion;
  await commands.mutate(`deleteModelVersion(input: {version: {id: "${id}"}, force: true}) { deletedId }`);
  expect((await commands.newestEvent())?.type).toBe("model_version.deleted");
  const { aliasTransitions } = await commands.data(
    `{ aliasTransitions(where: {alias: {equals: "doomed"}}) { nodes { versionNumber modelVersion { id } previousNumber previous { id } reason } } }`,
  );
  expect(aliasTransitions.nodes).toEqual([
    { versionNumber: null, modelVersion: null, previousNumber: number, previous: null, reason: null },
    { versionNumber: number, modelVersion: null, previousNumber: null, previous: null, reason: null },
  ]);
});

test("an unknown version is refused", async () => {
  expect(await commands.refusal(SET, champion({ number: 9 }))).toMatchObject({
    code: "NOT_FOUND",
    message: 'The model "a" has no version 9.',
  });
});
