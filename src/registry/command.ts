import { isSameActor, type Viewer } from "../domain/access/actor.js";
import { People } from "../domain/access/people.js";
import { holdsScope, type Scope } from "../domain/access/scopes.js";
import { ConflictError, ForbiddenError } from "../domain/errors.js";
import { composeEvents, type EventDraft } from "../domain/events/event.js";
import type { Mover } from "../domain/governance/requester-rights.js";
import { type ArtifactLayout, DEFAULT_ARTIFACT_LAYOUT } from "../domain/tracking/artifact-address.js";
import { matchesAnyGlob } from "../domain/values/glob.js";
import { type Transaction, transact } from "../store/connection/transaction.js";
import { appendEvents } from "../store/events/event-log.js";
import type { PrismaClient } from "../store/generated/client.js";

/** What a command works with inside its transaction: the database, the viewer, the time, and the events that it emits. */
export interface Work {
  readonly tx: Transaction;
  readonly viewer: Viewer;
  /** Whose rights and whose request count for moves: the viewer, or the requester whose promotion an approval executes. */
  readonly mover: Mover;
  readonly at: Date;
  readonly people: People;
  newId(): string;
  /**
   * Adds an event, and returns its id; for a move it is the id of the StageTransition or AliasTransition too. The events are written in this
   * order by the last statement of the transaction.
   */
  emit(draft: Omit<EventDraft, "id">): string;
}

/** What a command is called with. It reaches the database only through `transact`. */
export interface CommandContext {
  readonly viewer: Viewer;
  /** The schemes that the URIs of versions and datasets may have. */
  readonly sourceSchemes: readonly string[];
  /** Where artifacts of new runs are. */
  readonly artifacts: ArtifactLayout;
  readonly people: People;
  transact<T>(work: (work: Work) => Promise<T>): Promise<T>;
}

export interface CommandServices {
  readonly prisma: PrismaClient;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly sourceSchemes: readonly string[];
  /** Absent = this server's own endpoints. */
  readonly artifacts?: ArtifactLayout;
  /** Which identities are one person; absent = each is a person of its own. */
  readonly people?: People;
}

export function createCommandContext(services: CommandServices, viewer: Viewer, requestId: string): CommandContext {
  const { prisma, now, newId, sourceSchemes, artifacts = DEFAULT_ARTIFACT_LAYOUT, people = new People() } = services;
  return {
    viewer,
    sourceSchemes,
    artifacts,
    people,
    transact: (run) =>
      transact(prisma, async (tx) => {
        const at = now();
        const drafts: EventDraft[] = [];
        const emit: Work["emit"] = (draft) => {
          const id = newId();
          drafts.push({ ...draft, id });
          return id;
        };
        const result = await run({ tx, viewer, mover: viewer, at, people, newId, emit });
        const { actor, recordedClaims, tokenId } = viewer;
        const commit = { actor, recordedClaims, tokenId, requestId, at, commitId: newId() };
        await appendEvents(tx, composeEvents(drafts, commit));
        return result;
      }),
  };
}

/** Throws FORBIDDEN, with the missing scopes, unless the viewer has all of them. */
export function requireScopes(viewer: Viewer, scopes: readonly Scope[], action: string): void {
  const missing = scopes.filter((scope) => !holdsScope(viewer.scopes, scope));
  if (missing.length === 0) return;
  throw new ForbiddenError(
    `${action} requires the scope ${missing.join(" and ")}, which this token does not have.`,
    missing,
  );
}

/**
 * Throws FORBIDDEN unless the token's `models` claim covers the name. Commands call it before they look the name up, so that
 * the error does not depend on what exists.
 */
export function requireCoveredName(viewer: Viewer, name: string, scope: Scope): void {
  if (matchesAnyGlob(viewer.modelGlobs, name)) return;
  throw new ForbiddenError(`The models claim of this token does not cover the name "${name}".`, [scope]);
}

/** Throws CONFLICT if what is to be restored is not deleted. */
export function requireDeleted(noun: string, deletedAt: Date | null): void {
  if (deletedAt === null) throw new ConflictError(`The ${noun} is not deleted.`);
}

/** The columns that record who created a row. */
export function actorColumns(viewer: Viewer) {
  const { issuer, subject, name, kind } = viewer.actor;
  return { createdByIssuer: issuer, createdBySubject: subject, createdByName: name, createdByKind: kind };
}

/** Whether the viewer's actor created the row. */
export function isCreator(
  { actor }: Viewer,
  { createdByIssuer: issuer, createdBySubject: subject }: { createdByIssuer: string; createdBySubject: string },
): boolean {
  return isSameActor(actor, { issuer, subject });
}
