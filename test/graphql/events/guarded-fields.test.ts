import { type GraphQLField, getNamedType, isInterfaceType, isObjectType } from "graphql";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { FIELD_SCOPE, SCOPES, type Scope, TYPE_SCOPE } from "../../../src/domain/access/scopes.js";
import type { EventNoun } from "../../../src/domain/events/event.js";
import { visibleSnapshot } from "../../../src/domain/events/event-snapshot.js";
import { visibleEvent } from "../../../src/domain/events/event-visibility.js";
import { SNAPSHOT_FIELDS, scopeOfKey } from "../../../src/domain/events/snapshot-fields.js";
import { schema } from "../../../src/graphql/schema.js";
import { startTestServer, type TestServer } from "../../support/server.js";

const guards = FIELD_SCOPE as Record<string, Scope>;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterEach(() => {
  delete guards["Dataset.digest"];
});
afterAll(() => server.stop());

interface Key {
  readonly noun: EventNoun;
  readonly key: string;
  /** The field that shows the same value, as `Type.field`. */
  readonly name: string;
}

const KEYS = Object.entries(SNAPSHOT_FIELDS).flatMap(([noun, fields]) =>
  Object.entries<string | null>(fields).flatMap(([key, name]): Key[] =>
    name === null ? [] : [{ noun: noun as EventNoun, key, name }],
  ),
);

function fieldOf(name: string): GraphQLField<unknown, unknown> | undefined {
  const [type = "", field = ""] = name.split(".");
  const object = getNamedType(schema.getType(type));
  return isObjectType(object) || isInterfaceType(object) ? object.getFields()[field] : undefined;
}

test("the fields that the keys of events are compared with exist", () => {
  expect(KEYS.filter(({ name }) => !fieldOf(name))).toEqual([]);
});

/** Keys whose field leads to a type with a scope of its own. event-snapshot.ts has a rule for each. */
const WRITTEN_BY_HAND: Readonly<Record<string, Scope>> = {
  "model_version loggedModelId": "runs:read",
  "model_version runId": "runs:read",
};

const readerWithout = (scope: Scope | undefined) => ({
  scopes: new Set(SCOPES.filter((each) => each !== "admin" && each !== scope)),
  modelGlobs: null,
  experimentGlobs: null,
  environmentGlobs: null,
});

test("a key requires the scope that its field requires", () => {
  const differing = KEYS.flatMap(({ noun, key, name }): [string, unknown][] => {
    const scope = fieldOf(name)?.extensions.requiredScope;
    return scope === scopeOfKey(noun, key) ? [] : [[`${noun} ${key}`, scope]];
  });
  expect(Object.fromEntries(differing)).toEqual(WRITTEN_BY_HAND);
});

test("an event with the key requires the scope of the type that has the field", () => {
  const types: Readonly<Record<string, Scope>> = TYPE_SCOPE;
  const open = KEYS.filter(({ noun, name }) => {
    const scope = types[name.split(".")[0] ?? ""];
    const condition = visibleEvent(readerWithout(scope), `${noun}.happened`);
    return condition.kind !== "constant" || condition.value;
  });
  expect(open).toEqual([]);
});

test.each(Object.entries(WRITTEN_BY_HAND))("the rule of %s hides it without %s", (name, scope) => {
  const [noun = "", key = ""] = name.split(" ");
  const shown = (without?: Scope) => visibleSnapshot(readerWithout(without), `${noun}.happened`, { [key]: "x" });
  expect([shown(scope), shown()]).toEqual([{}, { [key]: "x" }]);
});

const DIGESTS = `{
  events(where: { types: [DATASET_REGISTERED] }) { nodes { ... on DatasetRegisteredEvent { name digest } } }
}`;

test("a guard that is added to a field hides it in the events that hold it, in lists and streams", async () => {
  await server.data(`mutation { registerDataset(input: { name: "iris", digest: "d1" }) { dataset { id } } }`);
  const read = async (scopes: Scope[]) => (await server.data(DIGESTS, {}, { scopes })).events.nodes;
  expect(await read(["models:read", "runs:read"])).toEqual([{ name: "iris", digest: "d1" }]);
  guards["Dataset.digest"] = "artifacts:read";
  expect(await read(["models:read", "runs:read"])).toEqual([{ name: "iris", digest: null }]);
  expect(await read(["models:read", "runs:read", "artifacts:read"])).toEqual([{ name: "iris", digest: "d1" }]);
});
