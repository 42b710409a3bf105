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

/** The identity of an actor as one text, for use as a key. */
export function actorKey({ issuer, subject }: Pick<Actor, "issuer" | "subject">): string {
  return `${issuer}\n${subject}`;
}

/**
 * The names that a token covers, as globs; null = all of them. If models are narrowed and experiments are null, the token
 * covers the runs of the versions that it covers.
 */
export interface Coverage {
  readonly modelGlobs: readonly string[] | null;
  readonly experimentGlobs: readonly string[] | null;
  readonly environmentGlobs: readonly string[] | null;
}

/** Claims of a token that events keep beside its actor, by their paths: who stands behind a machine. */
export type RecordedClaims = Readonly<Record<string, string | number | boolean>>;

/** Who makes a request, and what the token allows. */
export interface Viewer extends Coverage {
  readonly actor: Actor;
  readonly scopes: ReadonlySet<Scope>;
  /** The bearer's groups at its issuer, each once; empty if the token names none. Groups of two issuers are not the same. */
  readonly groups: readonly string[];
  /** Paths of the claims that give scopes to tokens of the issuer, by themselves or by a rule. */
  readonly scopeClaims?: readonly string[];
  /** Absent if the issuer's settings name none, or the token has none of them. */
  readonly recordedClaims?: RecordedClaims;
  /** The token's `jti`, if it has one. */
  readonly tokenId: string | null;
  /** The token's `iat`, if it has one. */
  readonly issuedAt: Date | null;
  readonly expiresAt: Date;
}

/** The part of a token that decides what it sees. Also kept by what outlives the token, such as a webhook. */
export type Reader = Pick<Viewer, "scopes" | "modelGlobs" | "experimentGlobs" | "environmentGlobs">;

/** The part of a token that decides which runs it covers. */
type RunClaims = Pick<Coverage, "modelGlobs" | "experimentGlobs">;

/**
 * Whether the token has a models claim and no experiments claim. It then covers only the runs that produced or read a
 * version that it covers, so it cannot create or change experiments, or create runs.
 */
export function coversRunsByVersion({ modelGlobs, experimentGlobs }: RunClaims): boolean {
  return modelGlobs !== null && experimentGlobs === null;
}

/** Whether the token covers every run, and with them every dataset. */
export function coversAllRuns({ modelGlobs, experimentGlobs }: RunClaims): boolean {
  return modelGlobs === null && experimentGlobs === null;
}

/** Whether the token has no limits: `admin` without any claim that narrows it. */
export function coversEverything({ scopes, ...claims }: Pick<Viewer, "scopes"> & Coverage): boolean {
  const isNarrowed = [claims.modelGlobs, claims.experimentGlobs, claims.environmentGlobs].some(
    (globs) => globs !== null,
  );
  return scopes.has("admin") && !isNarrowed;
}

export function isSameActor(a: Pick<Actor, "issuer" | "subject">, b: Pick<Actor, "issuer" | "subject">): boolean {
  return a.issuer === b.issuer && a.subject === b.subject;
}

/** The columns that record who created a row. */
export interface CreatedRow {
  readonly createdByIssuer: string;
  readonly createdBySubject: string;
  readonly createdByName: string | null;
  readonly createdByKind: ActorKind;
}

/** The actor in these columns. */
export function creatorOf({ createdByIssuer, createdBySubject, createdByName, createdByKind }: CreatedRow): Actor {
  return { issuer: createdByIssuer, subject: createdBySubject, name: createdByName, kind: createdByKind };
}
