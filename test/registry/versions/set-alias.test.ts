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

test("an unknown version is refused", async () => {
  expect(await commands.refusal(SET, champion({ number: 9 }))).toMatchObject({
    code: "NOT_FOUND",
    message: 'The model "a" has no version 9.',
  });
});
