import { SCOPES, type Scope } from "../../../src/domain/access/scopes.js";
import type { As, GraphQLAnswer, TestServer } from "../../support/server.js";

/** Starting PGlite and migrating it takes its time on a busy machine. */
export const START_MS = 600_000;

/** Every scope but `admin`, by another subject than the one that creates what the tests look at. */
export const ALL: readonly Scope[] = SCOPES.filter((scope) => scope !== "admin");

export function mallory(scopes: readonly Scope[] = ALL, models?: readonly string[]): As {
  return { subject: "mallory", scopes, ...(models ? { models } : {}) };
}

export interface Seed {
  readonly name: string;
  readonly id: string;
  /** Version 1 on PRODUCTION as `champion`, 2 on STAGING, 3 on NONE as `next`, 4 deleted. */
  readonly versions: readonly [string, string, string, string];
  /** The move of version 1 to PRODUCTION. */
  readonly transition: string;
}

export function sourceOf(name: string, number: number): string {
  return `s3://secret/${encodeURIComponent(name)}/${number}`;
}

let seeds = 0;

/** A model with versions on shelves and under aliases, made by "tester". */
export async function seedModel(server: TestServer, name = `model-${++seeds}`): Promise<Seed> {
  const create = (number: number, rest: string) =>
    `v${number}: createModelVersion(input: { model: { name: $name }, source: "${sourceOf(name, number)}", ${rest} }) { modelVersion { id } }`;
  const move = (number: number, to: string) =>
    `to${to}: transitionModelVersion(input: { version: { number: { model: $name, number: ${number} } }, to: ${to} }) { transition { id } }`;
  const made = await server.data(
    `mutation ($name: String!) {
      made: registerModel(input: { name: $name, tags: [{ key: "team", value: "risk" }] }) { model { id } }
      ${create(1, 'aliases: ["champion"], tags: [{ key: "team", value: "risk" }]')}
      ${create(2, "")}
      ${create(3, 'aliases: ["next"]')}
      ${create(4, "")}
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
  };
}

/** A deployment of what stands on PRODUCTION, and version 2 as something that came of version 1. */
export async function serveModel(server: TestServer, { name }: Seed): Promise<void> {
  const version = (number: number) => ({ number: { model: name, number } });
  await server.data(
    `mutation ($report: ReportDeploymentInput!, $edge: AddLineageInput!) {
      reportDeployment(input: $report) { applied }
      addLineage(input: $edge) { created }
    }`,
    {
      report: {
        ...{ environment: "prod", endpoint: "scorer", model: { name }, state: "RUNNING" },
        ...{ follows: { stage: "PRODUCTION" }, running: [{ version: version(1) }] },
      },
      edge: { from: { modelVersion: version(1) }, to: { modelVersion: version(2) } },
    },
  );
}

/** What an answer refuses, without its sentences. */
export function refusals({ errors = [] }: GraphQLAnswer) {
  return errors.map(({ path, extensions: { code, requiredScopes } }) => ({ path, code, requiredScopes }));
}

/** How far the log has come: the same before and after means that nothing was written. */
export async function revision(server: TestServer): Promise<number> {
  return (await server.data("{ head { revision } }")).head.revision;
}

/** An answer with the name that was asked for, and the request's own id, taken out, so that two refusals compare. */
export function without(answer: GraphQLAnswer, ...secrets: readonly string[]): GraphQLAnswer {
  const text = JSON.stringify(answer, (key, value) => (key === "requestId" ? "<request>" : value));
  return JSON.parse(secrets.reduce((rest, secret) => rest.replaceAll(secret, "<asked>"), text)) as GraphQLAnswer;
}

/** Every value under this key, however deep. */
export function valuesOf(data: unknown, key: string): unknown[] {
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).flatMap(([name, value]) => (name === key ? [value] : valuesOf(value, key)));
}

/** Every set that can be made of these. */
export function subsets<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 2 ** items.length }, (_, set) => items.filter((_item, i) => set & (1 << i)));
}
