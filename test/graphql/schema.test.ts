import { readFileSync } from "node:fs";
import {
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isScalarType,
  lexicographicSortSchema,
  printSchema,
  specifiedScalarTypes,
} from "graphql";
import { expect, test } from "vitest";
import { SCOPES } from "../../src/domain/access/scopes.js";
import { DEPLOYMENT_HEALTHS, DEPLOYMENT_STATES } from "../../src/domain/deployments/deployment.js";
import { ERROR_CODES } from "../../src/domain/errors.js";
import { LINEAGE_KINDS, LINEAGE_NODE_KINDS } from "../../src/domain/lineage/lineage.js";
import { RUN_STATUSES } from "../../src/domain/tracking/run.js";
import { STAGES } from "../../src/domain/versions/stage.js";
import { VERSION_STATUSES } from "../../src/domain/versions/version.js";
import { schema } from "../../src/graphql/schema.js";

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));

/** Every name that a client can read in the schema, with its description. */
function* described(): Generator<[name: string, description: string | null | undefined]> {
  for (const type of types) {
    yield [type.name, type.description];
    for (const [member, description] of membersOf(type)) yield [`${type.name}.${member}`, description];
  }
}

function* membersOf(type: GraphQLNamedType): Generator<[string, string | null | undefined]> {
  if (isEnumType(type)) for (const value of type.getValues()) yield [value.name, value.description];
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields())) yield [field.name, field.description];
  if (!isObjectType(type) && !isInterfaceType(type)) return;
  for (const field of Object.values(type.getFields())) {
    yield [field.name, field.description];
    for (const arg of field.args) yield [`${field.name}(${arg.name})`, arg.description];
  }
}

test("schema.graphql is what the server serves", () => {
  const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;
  expect(readFileSync("schema.graphql", "utf8")).toBe(printed);
});

test("every type, field, argument and value is described", () => {
  expect([...described()].filter(([, description]) => !description?.trim()).map(([name]) => name)).toEqual([]);
});

test("the schema's enums are the domain's", () => {
  const valuesOf = (name: string) => {
    const type = schema.getType(name);
    return isEnumType(type) ? new Set(type.getValues().map((value) => value.name)) : new Set();
  };
  expect(valuesOf("Stage")).toEqual(new Set(STAGES));
  expect(valuesOf("ModelVersionStatus")).toEqual(new Set(VERSION_STATUSES));
  expect(valuesOf("RunStatus")).toEqual(new Set(RUN_STATUSES));
  expect(valuesOf("DeploymentState")).toEqual(new Set(DEPLOYMENT_STATES));
  expect(valuesOf("DeploymentHealth")).toEqual(new Set(DEPLOYMENT_HEALTHS));
  expect(valuesOf("LineageNodeKind")).toEqual(new Set(LINEAGE_NODE_KINDS));
  expect(valuesOf("LineageEdgeKind")).toEqual(new Set(LINEAGE_KINDS));
});

test("the description of Query lists all error codes and scopes", () => {
  const description = schema.getQueryType()?.description;
  for (const word of [...Object.keys(ERROR_CODES), ...SCOPES]) expect(description).toContain(`\`${word}\``);
});

test("the schema itself has no description, which graphql-parser for Rust cannot read", () => {
  expect(schema.description).toBeUndefined();
  expect(printSchema(schema)).not.toMatch(/"""\nschema \{/);
});

test("each update input, and each of its nullable fields, says what absent and null mean", () => {
  const updates = types.filter((type) => isInputObjectType(type) && /^Update\w+Input$/.test(type.name));
  expect(updates.length).toBeGreaterThan(3);
  for (const type of updates) {
    expect(type.description, type.name).toContain("A field that is left out stays as it is.");
    const fields = isInputObjectType(type) ? Object.values(type.getFields()) : [];
    const silent = fields.filter(
      (field) =>
        !isNonNullType(field.type) &&
        !/Absent: unchanged; null: cleared|Absent or null: unchanged\./.test(field.description ?? ""),
    );
    expect(silent.map(({ name }) => `${type.name}.${name}`)).toEqual([]);
  }
});

test("descriptions have the right article before a vowel", () => {
  const wrong = /\b[Aa] (?!uni|use|user|one|U|URL|UUID|URI)[aeioAEIO]\w+|\b[Aa]n [bcdfgjkpqtvwyz]\w+/;
  const found = [...described()].filter(([, description]) => wrong.test(description ?? ""));
  expect(found.map(([name, description]) => `${name}: ${wrong.exec(description ?? "")?.[0]}`)).toEqual([]);
});

test("each scalar of our own names its specification", () => {
  const own = types.filter((type) => isScalarType(type) && !specifiedScalarTypes.includes(type));
  expect(own.length).toBeGreaterThan(3);
  for (const type of own) {
    expect(isScalarType(type) && type.specifiedByURL, type.name).toMatch(/^https:\/\//);
  }
});

test("each list that can grow is a connection", () => {
  const grows = new Set([
    "Model",
    "ModelVersion",
    "StageTransition",
    "AliasTransition",
    "Experiment",
    "Run",
    "Dataset",
    "Deployment",
    "MetricPoint",
  ]);
  const lists = types.flatMap((type) =>
    isObjectType(type) && !type.name.endsWith("Connection")
      ? Object.values(type.getFields()).flatMap((field) =>
          String(field.type).startsWith("[") && grows.has(getNamedType(field.type).name)
            ? [`${type.name}.${field.name}`]
            : [],
        )
      : [],
  );
  expect(lists).toEqual(["TransitionModelVersionPayload.archived", "VersionComparison.versions"]);
});

test("a type with an `id` is a Node, or is on this list with the reason", () => {
  const node = schema.getType("Node");
  const event = schema.getType("RegistryEvent");
  const objects = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const identified = objects.filter((type) => type.getFields().id && type !== node);
  const others = identified.filter((type) => !type.getInterfaces().some((each) => each === node));
  // An event has an id of its own, which no other object has, and never changes. It is not a Node: who may read it by
  // that id alone would have to be decided from the event, not from a row.
  const isEvent = (type: (typeof others)[number]) =>
    type === event || type.getInterfaces().some((each) => each === event);
  expect(others.filter((type) => !isEvent(type)).map(({ name }) => name)).toEqual([]);
  expect(others.filter(isEvent).length).toBeGreaterThan(10);
});
