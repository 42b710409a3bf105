import { type GraphQLNamedType, getNamedType, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { schema } from "../../../src/graphql/schema.js";
import { startTestServer, type TestServer } from "../../support/server.js";
import { type EntryPoint, GUARDED_ENTRY_POINTS, INNER_ENTRY_POINTS, TO_SOURCE } from "./entry-points.js";
import {
  ALL,
  mallory,
  overrideGate,
  refusals,
  revision,
  type Seed,
  START_MS,
  seedModel,
  serveModel,
  sourceOf,
  valuesOf,
} from "./fixture.js";

let server: TestServer;
let seed: Seed;
beforeAll(async () => {
  server = await startTestServer();
  seed = await seedModel(server);
  await serveModel(server, seed);
}, START_MS);
afterAll(() => server?.stop());

const SELECT: Readonly<Record<string, string>> = {
  Head: "{ revision }",
  Alias: "{ name }",
  VersionComparison: "{ tags { key } }",
  PromotionPreview: "{ allowed }",
};
/** What is changed, or overridden, is a model of its own. */
async function seedFor({ scopes, ofOverride }: EntryPoint): Promise<Seed> {
  if (!scopes) return seed;
  const fresh = await seedModel(server);
  return ofOverride ? overrideGate(server, fresh) : fresh;
}

const entryPoints = Object.entries<EntryPoint>(GUARDED_ENTRY_POINTS);

function fieldOf(coordinate: string) {
  const [parent = "", name = ""] = coordinate.split(".");
  const type = schema.getType(parent);
  if (!isObjectType(type)) throw new Error(`${parent} is no type with fields.`);
  const found = type.getFields()[name];
  if (!found) throw new Error(`${coordinate} is not there.`);
  return found;
}

function typeOf(coordinate: string): GraphQLNamedType {
  return getNamedType(fieldOf(coordinate).type);
}

function selectionOf(coordinate: string): string {
  const { name } = typeOf(coordinate);
  return SELECT[name] ?? (name.endsWith("Connection") ? "{ totalCount }" : "{ id }");
}

describe("a guarded field", () => {
  test.each(entryPoints)(
    "%s is refused without its scope, and allowed with only this scope",
    async (name, entryPoint) => {
      const scope = fieldOf(name).extensions.requiredScope as Scope;
      const fresh = () => seedFor(entryPoint);
      const document = entryPoint.document(await fresh(), selectionOf(name));
      const isMutation = document.startsWith("mutation");
      const before = await revision(server);
      const allElse = ALL.filter((other) => other !== scope);
      const refused = await server.request(document, {}, mallory(isMutation ? entryPoint.scopes : allElse));
      expect(refusals(refused)).toEqual([
        { path: isMutation ? ["did", "at"] : ["at"], code: "FORBIDDEN", requiredScopes: [scope] },
      ]);
      if (isMutation) {
        expect(refused.data.did, "the rest of the response is there").toEqual({ at: null });
        expect(await revision(server), "the mutation was done").toBeGreaterThanOrEqual(before);
      } else expect(refused.data?.at ?? null).toBeNull();

      const again = entryPoint.document(await fresh(), selectionOf(name));
      const granted = await server.data(again, {}, mallory([...(entryPoint.scopes ?? []), scope]));
      expect(isMutation ? granted.did.at : granted.at).toBeTruthy();
      if (!isMutation) await server.data(again, {}, mallory(["admin"]));
    },
  );

  test("a token without scopes gets only its own description", async () => {
    const own = await server.data("{ viewer { scopes actor { subject } } }", {}, mallory([]));
    expect(own).toEqual({ viewer: { scopes: [], actor: { subject: "mallory" } } });
  });

  test("a refused nullable field is null, and its siblings are returned", async () => {
    const document = `{ model(name: "${seed.name}") { id } viewer { actor { subject } } }`;
    const { data } = await server.request(document, {}, mallory([]));
    expect(data).toEqual({ model: null, viewer: { actor: { subject: "mallory" } } });
  });
});

describe("every entry point is tested", () => {
  /** The scopes that the schema's descriptions name, by field. */
  const GUARDED: ReadonlySet<string> = new Set(
    Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) =>
        Object.values(type.getFields()).flatMap(({ name, extensions }) =>
          extensions.requiredScope ? [`${type.name}.${name}`] : [],
        ),
      ),
  );

  function fieldsReturning(matches: (type: string) => boolean): string[] {
    return Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
      .filter(({ field }) => matches(getNamedType(field.type).name))
      .map(({ type, field }) => `${type.name}.${field.name}`);
  }

  test("no type of the registry can be reached without a guarded field", () => {
    const seen = new Set<string>();
    const visit = (type: GraphQLNamedType | null | undefined): void => {
      if (!isObjectType(type) || seen.has(type.name)) return;
      seen.add(type.name);
      for (const field of Object.values(type.getFields())) {
        if (!GUARDED.has(`${type.name}.${field.name}`)) visit(getNamedType(field.type));
      }
    };
    for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) visit(root);
    const kinds = [...seen].filter((name) => !name.endsWith("Payload")).sort();
    const filteredByTheWalk = ["Lineage", "LineageCount", "LineageEdge", "LineageNode", "LineageTag"];
    expect(kinds).toEqual(["Actor", ...filteredByTheWalk, "Mutation", "Query", "Subscription", "Viewer"]);
  });

  test("every field of a root or a payload that returns the registry is guarded", () => {
    const nouns =
      /^(Head|Series|VersionComparison|PromotionPreview|(Stage|PromotionRequest)\w+Message|(Model|ModelVersion|StageTransition|AliasTransition|Alias|Check|PromotionDecision|Experiment|Run|Dataset|Deployment)(Connection|Edge)?)$/;
    const shown = fieldsReturning((type) => nouns.test(type)).filter((name) =>
      /^(Query|Mutation|Subscription|\w+Payload)\./.test(name),
    );
    expect(shown.filter((name) => !GUARDED.has(name))).toEqual([]);
    const walkedHere =
      /^(Head|VersionComparison|PromotionPreview|(Model|ModelVersion|StageTransition|AliasTransition|Alias|Check|PromotionDecision)(Connection)?)$/;
    const queriesAndPayloads = shown.filter((name) => !name.startsWith("Subscription."));
    const toWalk = queriesAndPayloads.filter((name) => walkedHere.test(typeOf(name).name));
    expect(toWalk.sort()).toEqual(Object.keys(GUARDED_ENTRY_POINTS).sort());
    expect(shown).toContain("SetAliasPayload.previous");
  });

  test("a node requires the scope of its type", async () => {
    const { versions, transition, aliasTransition } = seed;
    const document = `{ nodes(ids: ["${versions[0]}", "${transition}", "${aliasTransition}"]) { id } node(id: "${seed.id}") { id } }`;
    const answer = await server.request(document, {}, mallory(ALL.filter((scope) => scope !== "models:read")));
    expect(answer.data).toEqual({ nodes: [null, null, null], node: null });
    expect(refusals(answer).map(({ requiredScopes }) => requiredScopes)).toEqual([["models:read"], ["models:read"]]);
    expect((await server.data(document, {}, mallory(["models:read"]))).nodes).toHaveLength(3);
  });

  test("the tests below select the source in every field and payload that returns a version", () => {
    const walked = new Set([...Object.keys(GUARDED_ENTRY_POINTS), ...Object.keys(INNER_ENTRY_POINTS)]);
    const returning = fieldsReturning((type) => /^(Node|ModelVersion)$/.test(type));
    // the tests of the event log cover events
    expect(returning.filter((name) => !walked.has(name) && !/Event\.modelVersion$/.test(name))).toEqual([]);
    expect(fieldsReturning((type) => type === "ModelVersion").length).toBeGreaterThan(15);
  });
});

describe("source", () => {
  const OWN = "CreateModelVersionPayload.modelVersion";
  const walks: [string, EntryPoint, string][] = [
    ...entryPoints
      .filter(([name]) => name !== "Query.head" && name !== OWN)
      .map(([name, entryPoint]): [string, EntryPoint, string] => [
        name,
        entryPoint,
        TO_SOURCE[typeOf(name).name] ?? "{ unknown }",
      ]),
    ...Object.entries(INNER_ENTRY_POINTS).flatMap(([name, inner]) =>
      inner.map((entryPoint, i): [string, EntryPoint, string] => [
        `${name} (${i + 1})`,
        entryPoint,
        "{ number source }",
      ]),
    ),
  ];

  test.each(walks)("by %s requires artifacts:read", async (_name, entryPoint, select) => {
    const scopes = [...(entryPoint.scopes ?? []), "models:read"] as const;
    const target = await seedFor(entryPoint);
    const refused = await server.request(entryPoint.document(target, select), {}, mallory(scopes));
    const numbers = valuesOf(refused.data, "number");
    expect(numbers.length).toBeGreaterThan(0);
    expect(valuesOf(refused.data, "source")).toEqual(numbers.map(() => null));
    for (const { path, ...refusal } of refusals(refused)) {
      expect(refusal).toEqual({ code: "FORBIDDEN", requiredScopes: ["artifacts:read"] });
      expect(path?.at(-1)).toBe("source");
    }
    const counts = (refused.errors ?? []).map(({ extensions: { count } }): number => count ?? 1);
    expect(
      counts.reduce((sum, count) => sum + count, 0),
      "each refusal is counted",
    ).toBe(numbers.length);
    expect(JSON.stringify(refused)).not.toContain("s3:");

    const next = await seedFor(entryPoint);
    const granted = await server.data(entryPoint.document(next, select), {}, mallory([...scopes, "artifacts:read"]));
    expect(valuesOf(granted, "source")).toEqual(
      valuesOf(granted, "number").map((number) => sourceOf(next.name, number as number)),
    );

    // payloads behave like other entry points, and another seed for each would take long
    if (entryPoint.scopes) return;
    const own = seed;
    const creator = { subject: "tester", scopes };
    const readBack = await server.data(entryPoint.document(own, select), {}, creator);
    expect(valuesOf(readBack, "source"), "its creator may read it back").toEqual(
      valuesOf(readBack, "number").map((number) => sourceOf(own.name, number as number)),
    );
  });

  test("may be read back in the response that created it, by the same subject of the same issuer only", async () => {
    const scopes = ["models:read", "models:write"] as const;
    const document = GUARDED_ENTRY_POINTS[OWN].document(await seedModel(server), "{ id source }");
    const { did } = await server.data(document, {}, mallory(scopes));
    expect(did.at.source).toBe("s3://mine/5");
    const again = `{ node(id: "${did.at.id}") { ... on ModelVersion { source } } }`;
    expect((await server.data(again, {}, mallory(scopes))).node.source).toBe("s3://mine/5");
    const other = await server.request(again, {}, { subject: "Mallory", scopes });
    expect(other.data.node.source).toBeNull();
  });

  test("does not become readable by an unguarded name, a fragment or an alias of the field", async () => {
    const document = `query { a: model(name: "${seed.name}") { ...M } b: node(id: "${seed.versions[0]}") { ...V } }
      fragment M on Model { versions { nodes { ...V } } }
      fragment V on ModelVersion { createdBy { subject } where: source also: source }`;
    const answer = await server.request(document, {}, mallory(["models:read"]));
    expect(JSON.stringify(answer)).not.toContain("s3:");
    expect([...valuesOf(answer.data, "where"), ...valuesOf(answer.data, "also")]).toEqual(Array(8).fill(null));
  });

  test("of 50 versions is one error with its count", async () => {
    const { name } = await seedModel(server);
    for (let batch = 0; batch < 5; batch++) {
      const fields = Array.from(
        { length: 10 },
        (_, i) =>
          `v${i}: createModelVersion(input: { model: { name: "${name}" }, source: "s3://many/${i}" }) { __typename }`,
      );
      await server.data(`mutation { ${fields.join(" ")} }`);
    }
    const document = `{ model(name: "${name}") { versions(first: 50) { nodes { number source } } } }`;
    const answer = await server.request(document, {}, mallory(["models:read"]));
    expect(valuesOf(answer.data, "source")).toEqual(Array(50).fill(null));
    expect(refusals(answer)).toEqual([
      {
        path: ["model", "versions", "nodes", 0, "source"],
        code: "FORBIDDEN",
        requiredScopes: ["artifacts:read"],
      },
    ]);
    expect(answer.errors?.[0]?.extensions.count).toBe(50);
  });
});
