import type { Viewer } from "../domain/access/actor.js";
import { holdsScope, type Scope } from "../domain/access/scopes.js";
import { ForbiddenError } from "../domain/errors.js";
import { composeEvents, type EventDraft } from "../domain/events/event.js";
import { matchesAnyGlob } from "../domain/values/glob.js";
import { type Transaction, transact } from "../store/connection/transaction.js";
import { appendEvents } from "../store/events/event-log.js";
import type { PrismaClient } from "../store/generated/client.js";

/** What a command works with: its transaction, the time that it happens at, and the events that it tells. */
export interface Work {
  readonly tx: Transaction;
  readonly viewer: Viewer;
  readonly at: Date;
  newId(): string;
  /**
   * Tells that something happened, and returns the event's id: for a move, the id of its StageTransition too. Written
   * as the transaction's last statement, in the order told.
   */
  emit(draft: Omit<EventDraft, "id">): string;
}

/** What a command is handed. The database is reached through `transact` only. */
export interface CommandContext {
  readonly viewer: Viewer;
  /** Whether a version's source may be a `file` URI: only in local mode. */
  readonly allowFileSource: boolean;
  transact<T>(work: (work: Work) => Promise<T>): Promise<T>;
}

export interface CommandServices {
  readonly prisma: PrismaClient;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly allowFileSource: boolean;
}

export function createCommandContext(services: CommandServices, viewer: Viewer, requestId: string): CommandContext {
  const { prisma, now, newId, allowFileSource } = services;
  return {
    viewer,
    allowFileSource,
    transact: (run) =>
      transact(prisma, async (tx) => {
        const at = now();
        const drafts: EventDraft[] = [];
        const emit: Work["emit"] = (draft) => {
          const id = newId();
          drafts.push({ ...draft, id });
          return id;
        };
        const result = await run({ tx, viewer, at, newId, emit });
        const occasion = { actor: viewer.actor, tokenId: viewer.tokenId, requestId, at, commitId: newId() };
        await appendEvents(tx, composeEvents(drafts, occasion));
        return result;
      }),
  };
}

export function requireScopes(viewer: Viewer, scopes: readonly Scope[], action: string): void {
  const missing = scopes.filter((scope) => !holdsScope(viewer.scopes, scope));
  if (missing.length === 0) return;
  throw new ForbiddenError(
    `${action} asks for the scope ${missing.join(" and ")}, which this token does not have.`,
    missing,
  );
}

/** A name that the token's `models` claim does not cover is refused before it is looked up, so nothing is told about it. */
export function requireCoveredName(viewer: Viewer, name: string, scope: Scope): void {
  if (matchesAnyGlob(viewer.modelGlobs, name)) return;
  throw new ForbiddenError(`The models claim of this token does not cover the name "${name}".`, [scope]);
}

export function actorColumns(viewer: Viewer) {
  const { issuer, subject, name, kind } = viewer.actor;
  return { createdByIssuer: issuer, createdBySubject: subject, createdByName: name, createdByKind: kind };
}
