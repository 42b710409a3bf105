import type { Scope } from "./scopes.js";

export const ACTOR_KINDS = ["USER", "MACHINE"] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** Who did something. Issuer and subject together are the identity (RFC 7519 §4.1.1, §4.1.2); the name is for people to read. */
export interface Actor {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string | null;
  readonly kind: ActorKind;
}

/** The identity of an actor as one text, to tell actors apart by. */
export function actorKey({ issuer, subject }: Pick<Actor, "issuer" | "subject">): string {
  return `${issuer}\n${subject}`;
}

/** What scopes are narrowed to. Globs of names; null = all, and for experiments beside globs of models: the runs of their versions. */
export interface Coverage {
  readonly modelGlobs: readonly string[] | null;
  readonly experimentGlobs: readonly string[] | null;
  readonly environmentGlobs: readonly string[] | null;
}

/** Who is asking, and what the token lets them do. */
export interface Viewer extends Coverage {
  readonly actor: Actor;
  readonly scopes: ReadonlySet<Scope>;
  /** The token's `jti`, if it has one. */
  readonly tokenId: string | null;
  /** The token's `iat`, if it has one. */
  readonly issuedAt: Date | null;
  readonly expiresAt: Date;
}

/** The part of a token that decides what it sees. Also kept by what outlives the token, such as a webhook. */
export type Reader = Pick<Viewer, "scopes" | "modelGlobs" | "experimentGlobs" | "environmentGlobs">;

/** What of a token decides which runs it covers. */
type RunClaims = Pick<Coverage, "modelGlobs" | "experimentGlobs">;

/**
 * Whether the token is narrowed to models and says nothing of experiments: then it covers the runs that produced or read
 * a version that it covers, and no others, so it has no experiment to create, to change or to begin a run in.
 */
export function coversRunsByVersion({ modelGlobs, experimentGlobs }: RunClaims): boolean {
  return modelGlobs !== null && experimentGlobs === null;
}

/** Whether the token covers every run, and with them every dataset. */
export function coversAllRuns({ modelGlobs, experimentGlobs }: RunClaims): boolean {
  return modelGlobs === null && experimentGlobs === null;
}

/** Whether the token is for everything: what no narrower one is told of, and what none may undo. */
export function coversEverything({ scopes, ...claims }: Pick<Viewer, "scopes"> & Coverage): boolean {
  const isNarrowed = [claims.modelGlobs, claims.experimentGlobs, claims.environmentGlobs].some(
    (globs) => globs !== null,
  );
  return scopes.has("admin") && !isNarrowed;
}

export function isSameActor(a: Pick<Actor, "issuer" | "subject">, b: Pick<Actor, "issuer" | "subject">): boolean {
  return a.issuer === b.issuer && a.subject === b.subject;
}
