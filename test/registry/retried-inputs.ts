import fc, { type GeneratorValue } from "fast-check";
import type { JsonValue } from "../../src/domain/values/json.js";

/** A value as a client sends it. Undefined: the client leaves the field out. */
type Spelling = JsonValue | undefined;
type Input = Readonly<Record<string, Spelling>>;
/** One meaning of a field, spelled at random in one of its ways. */
type Meaning = (random: GeneratorValue) => Spelling;

interface Field {
  readonly meanings: readonly Meaning[];
  /** Meanings that the first request cannot have, because it would be refused. */
  readonly others?: readonly Meaning[];
}

/** A mutation with an idempotency key, and the meanings that each field of its input can have. */
export interface Retried {
  readonly selection: string;
  readonly isAllowed: (input: Input) => boolean;
  /** Mutations before the first request. */
  readonly prepare?: (names: Names) => string;
  readonly fields: (names: Names) => Readonly<Record<string, Field>>;
}

/** The own id and the global id of a thing. */
interface Ids {
  readonly own: string;
  readonly global: string;
}

/** What inputs can refer to. What a request can change exists anew for each of them. */
export interface Names {
  /** The name of the model that the request changes. */
  readonly fresh: string;
  readonly freshId: string;
  readonly models: readonly Ids[];
  readonly experiments: readonly Ids[];
  readonly runs: readonly Ids[];
  readonly loggedModels: readonly Ids[];
  readonly versions: readonly { readonly id: string; readonly number: number; readonly alias: string }[];
}

export const oneOf =
  (...spellings: readonly Spelling[]): Meaning =>
  (random) =>
    random(fc.constantFrom, ...spellings);

const ABSENT = oneOf(undefined, null);
const text = (...texts: readonly string[]): Field => ({ meanings: [ABSENT, ...texts.map((each) => oneOf(each))] });

/** Different hexadecimal digits, in lower and upper case. */
const hex = (prefix: string, length: number): Field => ({
  meanings: [ABSENT, ..."ab".split("").map((digit) => [digit, digit.toUpperCase()] as const)].map((each) =>
    typeof each === "function" ? each : oneOf(...each.map((digit) => prefix + digit.repeat(length))),
  ),
});

function shuffled<T>(random: GeneratorValue, items: readonly T[]): T[] {
  return random(fc.shuffledSubarray<T>, [...items], { minLength: items.length });
}

const set =
  (...items: readonly JsonValue[]): Meaning =>
  (random) =>
    items.length === 0 ? random(fc.constantFrom, undefined, null, []) : shuffled(random, items);

/** Sets of pairs that differ in a value, a key or a pair. */
const pairs: Field = {
  meanings: [[], ["a=1"], ["a=2"], ["b=1"], ["a=1", "b=1", "c=1", "d=1"], ["a=1", "b=1", "c=1", "e=1"]].map((each) =>
    set(...each.map((pair) => ({ key: pair.slice(0, 1), value: pair.slice(2) }))),
  ),
};

const aliases: Field = {
  meanings: [[], ["champion"], ["Champion"], ["champion", "canary", "blue", "green"]].map((names) => (random) => {
    const once = set(...names)(random);
    return Array.isArray(once) && names.length > 0 ? [...once, random(fc.constantFrom, ...names)] : once;
  }),
};

const X = { name: "x", type: "double", shape: [1, 2] };
const Y = { name: "y", type: null };
const json: Field = {
  meanings: [ABSENT, oneOf([]), oneOf({}), oneOf([X, Y]), oneOf([Y, X]), oneOf([X, { name: "y" }])],
};

const TIMES = [
  ["2097-01-31T22:30:00Z", "2097-01-31T22:30:00.000Z", "2097-02-01T00:30:00+02:00", "2097-01-31T17:00:00.0-05:30"],
  ["2097-01-31T22:30:00.001Z", "2097-02-01T00:30:00.001+02:00"],
];
const time: Field = { meanings: [ABSENT, ...TIMES.map((each) => oneOf(...each))] };

const named = (things: readonly Ids[]): Field => ({
  meanings: things.map(({ own, global }) => oneOf({ name: own }, { id: global })),
});
const run = ({ runs }: Names): Field => ({ meanings: [ABSENT, ...runs.map(({ own, global }) => oneOf(own, global))] });
/** Whether to create what the input names: it exists. */
const whether: Field = { meanings: [oneOf(undefined, null, false, true)] };

/** Each version of the fresh model, by each way to refer to it. */
const versionsOf = ({ fresh, versions }: Names): Meaning[] =>
  versions.map(({ id, number, alias }) =>
    oneOf({ id }, { number: { model: fresh, number } }, { alias: { model: fresh, alias } }),
  );
/** Anything else requires a scope that no other test needs. */
const OVERRIDE: Field = { meanings: [ABSENT] };

/** By the name of the mutation. */
export const RETRIED: Readonly<Record<string, Retried>> = {
  createLoggedModel: {
    selection: "{ loggedModel { id name } }",
    isAllowed: () => true,
    fields: (names) => ({
      experiment: named(names.experiments),
      name: text("first", "First"),
      modelType: text("sklearn", "Sklearn"),
      sourceRun: run(names),
      params: pairs,
      tags: pairs,
    }),
  },
  createModelVersion: {
    selection: "{ modelVersion { id number } }",
    isAllowed: ({ source, status }) => typeof source === "string" || status === "PENDING_REGISTRATION",
    fields: (names) => ({
      model: named(names.models),
      createModel: whether,
      source: text("s3://b/x", "s3://b/y"),
      description: text("", "Better."),
      digest: hex("sha256:", 64),
      signature: json,
      flavors: json,
      run: run(names),
      loggedModel: { meanings: [ABSENT, ...names.loggedModels.map(({ own, global }) => oneOf(own, global))] },
      tags: pairs,
      aliases,
      status: {
        meanings: [oneOf(undefined, null, "READY"), oneOf("PENDING_REGISTRATION"), oneOf("FAILED_REGISTRATION")],
      },
    }),
  },
  createRun: {
    selection: "{ run { id runId } }",
    isAllowed: ({ endedAt, status }) => typeof endedAt !== "string" || status === "FINISHED" || status === "FAILED",
    fields: (names) => ({
      experiment: named(names.experiments),
      createExperiment: whether,
      runId: text(`${names.fresh}-a`, `${names.fresh}-b`),
      name: text("first", "First"),
      user: text("ada", "bob"),
      source: text("train.py", "score.py"),
      gitCommit: hex("", 40),
      status: {
        meanings: [oneOf(undefined, null, "RUNNING"), oneOf("SCHEDULED"), oneOf("FINISHED"), oneOf("FAILED")],
      },
      startedAt: time,
      endedAt: { meanings: [ABSENT, oneOf("2098-01-01T00:00:00Z", "2098-01-01T01:00:00+01:00")] },
      parent: run(names),
      params: pairs,
      tags: pairs,
    }),
  },
  deleteAlias: {
    selection: "{ previous { id } transition { id reason } }",
    isAllowed: ({ alias, expectedNumber }) => expectedNumber !== 1 || alias === "one",
    fields: ({ fresh, freshId, models }) => ({
      model: {
        meanings: [oneOf({ name: fresh }, { id: freshId })],
        others: models.map(({ own }) => oneOf({ name: own })),
      },
      alias: { meanings: [oneOf("one"), oneOf("two")], others: [oneOf("three")] },
      expectedNumber: { meanings: [oneOf(undefined), oneOf(1)], others: [oneOf(2), oneOf(null)] },
      reason: text("", "Better."),
    }),
  },
  reportCheck: {
    selection: "{ check { id } }",
    isAllowed: () => true,
    fields: (names) => ({
      version: { meanings: versionsOf(names) },
      name: { meanings: [oneOf("bias-scan"), oneOf("Bias-scan")] },
      status: { meanings: [oneOf("PENDING"), oneOf("PASSED"), oneOf("FAILED")] },
      summary: text("", "Better."),
      url: text("https://ci.test/1", "https://ci.test/2"),
      evidence: json,
      expiresAt: time,
    }),
  },
  requestPromotion: {
    selection: "{ request { id } }",
    isAllowed: () => true,
    prepare: ({ fresh }) =>
      `applyPolicy(input: {name: "${fresh}", selector: {models: ["${fresh}"]}, target: {stages: [STAGING, PRODUCTION], aliases: ["blue"]}, rules: [{approvals: {}}]}) { changed }`,
    fields: (names) => ({
      version: { meanings: versionsOf(names) },
      target: { meanings: [oneOf({ stage: "STAGING" }), oneOf({ stage: "PRODUCTION" }), oneOf({ alias: "blue" })] },
      reason: text("", "Better."),
      archiveExisting: { meanings: [oneOf(undefined, null, false), oneOf(true)] },
      autoExecute: { meanings: [oneOf(undefined, null, false), oneOf(true)] },
      lifetimeSeconds: { meanings: [oneOf(undefined, null, 1_209_600), oneOf(60)] },
    }),
  },
  rollback: {
    selection: "{ modelVersion { id } aliasTransition { id } }",
    isAllowed: () => true,
    prepare: ({ fresh }) => {
      const move = (alias: string, number: number) =>
        `${alias}${number}: setAlias(input: {model: {name: "${fresh}"}, alias: "${alias}", number: ${number}}) { alias { name } }`;
      return ["blue", "green"].flatMap((alias) => [move(alias, 1), move(alias, 2)]).join("\n");
    },
    fields: ({ fresh, freshId, models }) => ({
      model: {
        meanings: [oneOf({ name: fresh }, { id: freshId })],
        others: models.map(({ own }) => oneOf({ name: own })),
      },
      target: {
        meanings: [oneOf({ alias: "blue" }), oneOf({ alias: "green" })],
        others: [oneOf({ stage: "STAGING" })],
      },
      // null is a wish of its own: no version may hold the target
      expectedHolder: { meanings: [oneOf(undefined), oneOf(2)], others: [oneOf(1), oneOf(null)] },
      reason: text("", "Better."),
      override: OVERRIDE,
    }),
  },
  setAlias: {
    selection: "{ alias { name } previous { id } transition { id reason } }",
    isAllowed: ({ version, number }) => !version !== !number,
    fields: (names) => ({
      alias: { meanings: [oneOf("three"), oneOf("Three")] },
      version: {
        meanings: [ABSENT, ...versionsOf(names)],
      },
      // the version says which model
      model: { meanings: [oneOf({ name: names.fresh }, { id: names.freshId })] },
      number: { meanings: [ABSENT, oneOf(1), oneOf(2)] },
      // null is a wish of its own: the alias must not be set
      expectedNumber: { meanings: [oneOf(undefined), oneOf(null)], others: [oneOf(1)] },
      reason: text("", "Better."),
      override: OVERRIDE,
    }),
  },
  transitionModelVersion: {
    selection: "{ modelVersion { id } transition { id } archived { id } }",
    isAllowed: ({ archiveExisting, to }) => !archiveExisting || to === "STAGING" || to === "PRODUCTION",
    fields: (names) => ({
      version: { meanings: versionsOf(names) },
      to: { meanings: [oneOf("STAGING"), oneOf("PRODUCTION"), oneOf("ARCHIVED")], others: [oneOf("NONE")] },
      expectedStage: { meanings: [ABSENT, oneOf("NONE")], others: [oneOf("STAGING")] },
      // null is a wish of its own: no version may be in the stage
      expectedHolder: { meanings: [oneOf(undefined), oneOf(null)], others: [oneOf(1)] },
      archiveExisting: { meanings: [oneOf(undefined, null, false), oneOf(true)] },
      reason: text("", "Better."),
      override: OVERRIDE,
    }),
  },
};

/** The same JSON with the keys of each object in another order, as clients with unordered maps send it. */
export function shuffleKeys(random: GeneratorValue, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(random, item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    shuffled(random, Object.entries(value)).map(([key, member]) => [key, shuffleKeys(random, member)]),
  );
}

/** An input with a random meaning, in any of its spellings. */
export interface RandomInput {
  spell(random: GeneratorValue): Input;
  /** An input for each field and each other meaning of it, as far as it is allowed. */
  others(random: GeneratorValue): { readonly field: string; readonly input: Input }[];
}

/** Null if the fields do not go together. */
export function chooseInput(random: GeneratorValue, { fields, isAllowed }: Retried, names: Names): RandomInput | null {
  const chosen = Object.entries(fields(names)).map(([field, { meanings, others = [] }]) => {
    const meaning = random(fc.constantFrom, ...meanings);
    return { field, meaning, others: [...meanings, ...others].filter((each) => each !== meaning) };
  });
  const spell = (generator: GeneratorValue): Input =>
    Object.fromEntries(chosen.map(({ field, meaning }) => [field, meaning(generator)]));
  if (!isAllowed(spell(random))) return null;
  return {
    spell,
    others: (generator) =>
      chosen
        .flatMap(({ field, others }) =>
          others.map((other) => ({ field, input: { ...spell(generator), [field]: other(generator) } })),
        )
        .filter(({ input }) => isAllowed(input)),
  };
}
