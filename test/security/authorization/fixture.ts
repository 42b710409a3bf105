import { SCOPES, type Scope } from "../../../src/domain/access/scopes.js";
import type { As, GraphQLAnswer, TestServer } from "../../support/server.js";

/** Starting PGlite and migrating it takes its time on a busy machine. */
export const START_MS = 600_000;

/** Every scope except `admin`, for another subject than the one that creates the test data. */
export const ALL: readonly Scope[] = SCOPES.filter((scope) => scope !== "admin");

export function mallory(scopes: readonly Scope[] = ALL, models?: readonly string[]): As {
  return { subject: "mallory", scopes, ...(models ? { models } : {}) };
}

export interface Seed {
  readonly name: string;
  readonly id: string;
  /** Version 1 in PRODUCTION as `champion`, 2 in STAGING, 3 in NONE as `next`, 4 deleted. */
  readonly versions: readonly [string, string, string, string];
  /** The move of version 1 to PRODUCTION. */
  readonly transition: string;
  /** The move of `next` from version 2 to version 3. */
  readonly aliasTransition: string;
  /** The decision of `overrideGate`. */
  readonly override?: string;
}

export function sourceOf(name: string, number: number): string {
  return `s3://secret/${encodeURIComponent(name)}/${number}`;
}

let seeds = 0;

/** A model with versions in stages and under aliases, created by "tester". */
export async function seedModel(server: TestServer, name = `model-${++seeds}`): Promise<Seed> {
  const create = (number: number, rest: string) =>
    `v${number}: createModelVersion(input: { model: { name: $name }, source: "${sourceOf(name, number)}", ${rest} }) { modelVersion { id } }`;
  const move = (number: number, to: string) =>
    `to${to}: transitionModelVersion(input: { version: { number: { model: $name, number: ${number} } }, to: ${to} }) { transition { id } }`;
  const made = await server.data(
    `mutation ($name: String!) {
      made: registerModel(input: { name: $name, tags: [{ key: "team", value: "risk" }] }) { model { id } }
      ${create(1, 'aliases: ["champion"], tags: [{ key: "team", value: "risk" }]')}
      ${create(2, 'aliases: ["next"]')}
      ${create(3, "")}
      ${create(4, "")}
      next: setAlias(input: { model: { name: $name }, alias: "next", number: 3 }) { transition { id } }
      ${move(1, "PRODUCTION")}
      ${move(2, "STAGING")}
      gone: deleteModelVersion(input: { version: { number: { model: $name, number: 4 } } }) { deletedId }
    }`,
    { name },
  );
  const id = (each: { modelVersion: { id: string } }) => each.modelVersion.id;
  return {
    name,
    id: made.made.model.id,
    versions: [id(made.v1), id(made.v2), id(made.v3), id(made.v4)],
    transition: made.toPRODUCTION.transition.id,
    aliasTransition: made.next.transition.id,
  };
}

/** A deployment of the version in PRODUCTION, version 2 as derived from version 1, and version 1 checked and on a guarded alias. */
export async function serveModel(server: TestServer, { name }: Seed): Promise<void> {
  const version = (number: number) => ({ number: { model: name, number } });
  await server.data(
    `mutation ($report: ReportDeploymentInput!, $edge: AddLineageInput!, $version: ModelVersionRef!) {
      applyPolicy(input: {
        name: "${name}", mode: EVALUATE, selector: { models: ["${name}"] }, target: { aliases: ["gated"] }, rules: [{ check: { name: "bias-scan" } }]
      }) { changed }
      reportCheck(input: { version: $version, name: "bias-scan", status: PASSED }) { check { id } }
      setAlias(input: { version: $version, alias: "gated" }) { transition { id } }
      eyes: applyPolicy(input: {
        name: "${name}-eyes", selector: { models: ["${name}"] }, target: { aliases: ["asked"] }, rules: [{ approvals: {} }]
      }) { changed }
      requestPromotion(input: { version: $version, target: { alias: "asked" } }) { request { id } }
      reportDeployment(input: $report) { applied }
      addLineage(input: $edge) { created }
    }`,
    {
      report: {
        environment: "prod",
        endpoint: "scorer",
        model: { name },
        state: "RUNNING",
        follows: { stage: "PRODUCTION" },
        running: [{ version: version(1) }],
      },
      edge: { from: { modelVersion: version(1) }, to: { modelVersion: version(2) } },
      version: version(1),
    },
  );
}

/** Version 1 gets the alias `pushed`, although a policy is not met. */
export async function overrideGate(server: TestServer, seed: Seed): Promise<Seed> {
  const { pushed } = await server.data(
    `mutation ($name: String!) {
      applyPolicy(input: {
        name: "${seed.name}-pushed", selector: { models: ["${seed.name}"] }, target: { aliases: ["pushed"] }, rules: [{ check: { name: "none" } }]
      }) { changed }
      pushed: setAlias(input: { model: { name: $name }, alias: "pushed", number: 1, override: { reason: "On fire" } }) { transition { decision { id } } }
    }`,
    { name: seed.name },
    { subject: "oncall", scopes: ALL },
  );
  return { ...seed, override: pushed.transition.decision.id };
}

/** The refusals in a response, without their messages. */
export function refusals({ errors = [] }: GraphQLAnswer) {
  return errors.map(({ path, extensions: { code, requiredScopes } }) => ({ path, code, requiredScopes }));
}

/** The newest revision of the log. If it is unchanged, nothing was written. */
export async function revision(server: TestServer): Promise<number> {
  return (await server.data("{ head { revision } }")).head.revision;
}

/** A response without the requested name and the request id, so that two refusals can be compared. */
export function without(answer: GraphQLAnswer, ...secrets: readonly string[]): GraphQLAnswer {
  const text = JSON.stringify(answer, (key, value) => (key === "requestId" ? "<request>" : value));
  return JSON.parse(secrets.reduce((rest, secret) => rest.replaceAll(secret, "<requested>"), text)) as GraphQLAnswer;
}

/** Every value under this key, however deep. */
export function valuesOf(data: unknown, key: string): unknown[] {
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).flatMap(([name, value]) => (name === key ? [value] : valuesOf(value, key)));
}

/** Every subset of these. */
export function subsets<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 2 ** items.length }, (_, set) => items.filter((_item, i) => set & (1 << i)));
}
