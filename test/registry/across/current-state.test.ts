import { describe, expect, test } from "vitest";
import { SCOPES, type Scope } from "../../../src/domain/access/scopes.js";
import { useCommandServer } from "../command-server.js";

const commands = useCommandServer(`
  a: createModelVersion(input: {model: {name: "m"}, createModel: true, source: "s3://b/1"}) { modelVersion { id } }
  b: createModelVersion(input: {model: {name: "m"}, source: "s3://b/2", aliases: ["live"]}) { modelVersion { id } }
  c: createModelVersion(input: {model: {name: "m"}, status: PENDING_REGISTRATION}) { modelVersion { id } }
  s: transitionModelVersion(input: {version: {number: {model: "m", number: 2}}, to: STAGING}) { transition { id } }
  r: createRun(input: {experiment: {name: "e"}, createExperiment: true, runId: "r", params: [{key: "p", value: "hush"}]}) { run { id } }
  o: createRun(input: {experiment: {name: "e"}, runId: "o", params: [{key: "p", value: "hush"}]}) { run { id } }
  f: finishRun(input: {run: "r", status: KILLED}) { run { id } }`);

const scopes = (...lacked: Scope[]) => SCOPES.filter((scope) => scope !== "admin" && !lacked.includes(scope));

/** A refusal that depends on the state, the values that it tells, and a scope that the token lacks for it to be refused. */
interface Case {
  readonly mutation: string;
  readonly code: "CONFLICT" | "FORBIDDEN" | "IN_USE";
  readonly reads: Scope;
  readonly tells: Record<string, unknown>;
  /** What the answer must not hold for a token that may not read. */
  readonly hides: RegExp;
  readonly lacks?: Scope;
}

const version = (number: number) => `version: {number: {model: "m", number: ${number}}}`;
const CASES: Case[] = [
  {
    mutation: `transitionModelVersion(input: {version: {alias: {model: "m", alias: "live"}}, to: PRODUCTION, expectedStage: NONE})`,
    code: "CONFLICT",
    reads: "models:read",
    tells: { message: "Version 2 is in STAGING, not in NONE.", field: "input.expectedStage", stage: "STAGING" },
    hides: /STAGING|ersion 2/,
  },
  {
    mutation: `transitionModelVersion(input: {${version(1)}, to: STAGING, expectedHolder: 7})`,
    code: "CONFLICT",
    reads: "models:read",
    tells: { message: "Version 2 is in STAGING.", field: "input.expectedHolder", holder: 2 },
    hides: /2|holder"/,
  },
  {
    mutation: `transitionModelVersion(input: {${version(1)}, to: PRODUCTION, expectedHolder: 7})`,
    code: "CONFLICT",
    reads: "models:read",
    tells: { message: "No version is in PRODUCTION.", field: "input.expectedHolder", holder: null },
    hides: /No version|holder"/,
  },
  {
    mutation: `transitionModelVersion(input: {version: {alias: {model: "m", alias: "live"}}, to: STAGING})`,
    code: "CONFLICT",
    reads: "models:read",
    tells: { message: "Version 2 is already in STAGING.", stage: "STAGING", status: "READY" },
    hides: /2|READY/,
  },
  {
    mutation: `transitionModelVersion(input: {${version(3)}, to: PRODUCTION})`,
    code: "CONFLICT",
    reads: "models:read",
    tells: { stage: "NONE", status: "PENDING_REGISTRATION" },
    hides: /NONE|PENDING/,
  },
  {
    mutation: `transitionModelVersion(input: {${version(2)}, to: PRODUCTION})`,
    code: "FORBIDDEN",
    reads: "models:read",
    tells: { requiredScopes: ["stages:staging"] },
    hides: /staging/i,
    lacks: "stages:staging",
  },
  {
    mutation: `updateModelVersion(input: {${version(1)}, source: "s3://b/9"})`,
    code: "CONFLICT",
    reads: "models:read",
    tells: { field: "input.source", status: "READY" },
    hides: /READY/,
  },
  {
    mutation: `updateModelVersion(input: {${version(1)}, status: PENDING_REGISTRATION})`,
    code: "CONFLICT",
    reads: "models:read",
    tells: { field: "input.status", status: "READY" },
    hides: /READY/,
  },
  {
    mutation: `setAlias(input: {model: {name: "m"}, alias: "live", number: 1, expectedNumber: 7})`,
    code: "CONFLICT",
    reads: "models:read",
    tells: { message: 'The alias "live" points to version 2.', field: "input.expectedNumber", number: 2 },
    hides: /2/,
  },
  {
    mutation: `deleteAlias(input: {model: {name: "m"}, alias: "unset", expectedNumber: 7})`,
    code: "CONFLICT",
    reads: "models:read",
    tells: { message: 'The alias "unset" is not set.', field: "input.expectedNumber", number: null },
    hides: /not set|number"/,
  },
  {
    mutation: `deleteModel(input: {model: {name: "m"}})`,
    code: "IN_USE",
    reads: "models:read",
    tells: { dependents: expect.arrayContaining([{ number: 2, stage: "STAGING" }]) },
    hides: /STAGING|live/,
  },
  {
    mutation: `deleteModel(input: {model: {name: "m"}, force: true})`,
    code: "FORBIDDEN",
    reads: "models:read",
    tells: { requiredScopes: ["stages:staging"] },
    hides: /staging/i,
    lacks: "stages:staging",
  },
  {
    mutation: `logInputs(input: {run: "r", datasets: []})`,
    code: "CONFLICT",
    reads: "runs:read",
    tells: { field: "input.run", status: "KILLED" },
    hides: /KILLED/,
  },
  {
    mutation: `finishRun(input: {run: "r"})`,
    code: "CONFLICT",
    reads: "runs:read",
    tells: { message: "The run is already KILLED.", field: "input.status", status: "KILLED" },
    hides: /KILLED/,
  },
  {
    mutation: `logBatch(input: {run: "o", params: [{key: "p", value: "loud"}]})`,
    code: "CONFLICT",
    reads: "runs:read",
    tells: { field: "input.params[0].value", key: "p", value: "hush" },
    hides: /hush/,
  },
];

describe.each(CASES)("$code of $mutation", ({ mutation, code, reads, tells, hides, lacks }) => {
  const lacked = lacks ? [lacks] : [];

  test(`tells the state to a token with ${reads}`, async () => {
    const refusal = await commands.refusalOf(mutation, { scopes: scopes(...lacked) });
    expect(refusal).toMatchObject({ code, ...tells });
    expect(JSON.stringify(refusal), "the pattern can match").toMatch(hides);
  });

  test(`tells nothing of it without ${reads}`, async () => {
    const { requestId: _, ...refusal } = await commands.refusalOf(mutation, { scopes: scopes(reads, ...lacked) });
    expect(refusal.code).toBe(code);
    expect(JSON.stringify(refusal)).not.toMatch(hides);
    if ("field" in tells) expect(refusal).toMatchObject({ field: tells.field });
  });
});

test("what is allowed does not depend on the right to read", async () => {
  const as = { scopes: scopes("models:read") };
  await commands.mutate(`transitionModelVersion(input: {${version(1)}, to: ARCHIVED}) { __typename }`, as);
});

test("a number that is no version's, and an alias that is not set, are named as the input names them", async () => {
  const { model } = await commands.data(`{ model(name: "m") { id } }`);
  const as = { scopes: scopes("models:read") };
  const refusals = [
    await commands.refusalOf(`setAlias(input: {model: {id: "${model.id}"}, alias: "a", number: 9})`, as),
    await commands.refusalOf(`deleteAlias(input: {model: {id: "${model.id}"}, alias: "a"})`, as),
    await commands.refusalOf(`deleteAlias(input: {model: {name: "m"}, alias: "a"})`, as),
    await commands.refusalOf(`restoreModel(input: {id: "${model.id}"})`, as),
    await commands.refusalOf(`updateRun(input: {run: "o", endedAt: "${new Date().toISOString()}"})`, {
      scopes: scopes("runs:read"),
    }),
  ];
  expect(refusals.map(({ message }) => message)).toEqual([
    "The model has no version 9.",
    'The model has no alias "a".',
    'The model "m" has no alias "a".',
    "The model is not deleted.",
    "input.endedAt is allowed only for a run that has ended: set the status to FINISHED, FAILED or KILLED too.",
  ]);
});
