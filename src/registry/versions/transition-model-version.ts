import { ConflictError, InvalidInputError } from "../../domain/errors.js";
import type { JsonObject } from "../../domain/values/json.js";
import { parseOptional, parseText } from "../../domain/values/text.js";
import { IS_SERVING, mayStandOn, STAGE_SCOPE, type Stage, scopesOfMove } from "../../domain/versions/stage.js";
import { archiveVersions, tellMove, type VersionRow } from "../across/force-delete.js";
import { type LockedVersion, lockVersion, type ModelVersionRef } from "../across/lookup.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";
import { answerOnce } from "../idempotency.js";

export interface TransitionModelVersionInput {
  readonly version: ModelVersionRef;
  readonly to: Stage;
  /** The stage that the version must stand on now; absent = no check. */
  readonly expectedStage?: Stage | null | undefined;
  /** The number of the version that must be the target's current holder; null = nobody; absent = no check. */
  readonly expectedHolder?: number | null | undefined;
  readonly archiveExisting?: boolean | null | undefined;
  readonly reason?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

export const REASON_MAX = 5_000;

/** The ids of what a move did. */
export type Transitioned = {
  readonly versionId: string;
  readonly transitionId: string;
  readonly archivedIds: readonly string[];
};

/** Moves a version to another stage, and, if asked, whoever stands there to ARCHIVED. */
export async function transitionModelVersion(
  context: CommandContext,
  input: TransitionModelVersionInput,
): Promise<Transitioned> {
  requireScopes(context.viewer, [STAGE_SCOPE[input.to]], `A move to ${input.to}`);
  const reason = parseOptional(input.reason, (text) => parseText("input.reason", text, REASON_MAX)) ?? null;
  const archiveExisting = input.archiveExisting ?? false;
  if (archiveExisting && !IS_SERVING[input.to]) {
    throw new InvalidInputError("input.archiveExisting", "archiveExisting goes with a move to STAGING or PRODUCTION.");
  }
  return context.transact(async (work) => {
    const locked = await lockVersion(work, input.version);
    const resolved = { ...input, version: locked.version.id, idempotencyKey: null };
    const once = { mutation: "transitionModelVersion", key: input.idempotencyKey, input: withoutAbsent(resolved) };
    return answerOnce(work, once, async () => {
      requireScopes(
        work.viewer,
        scopesOfMove(locked.version.stage, input.to),
        `A move from ${locked.version.stage} to ${input.to}`,
      );
      await requireExpected(work, locked, input);
      requireMove(locked, input.to);
      return move(work, locked, { to: input.to, reason, archiveExisting });
    });
  });
}

/** Absent and null are different questions for `expectedHolder`, so absent stays absent. */
function withoutAbsent(input: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as JsonObject;
}

async function requireExpected(
  work: Work,
  { model, version }: LockedVersion,
  { to, expectedStage, expectedHolder }: TransitionModelVersionInput,
): Promise<void> {
  if (expectedStage && expectedStage !== version.stage) {
    throw new ConflictError(`Version ${version.number} stands on ${version.stage}, not on ${expectedStage}.`, {
      field: "input.expectedStage",
      stage: version.stage,
    });
  }
  if (expectedHolder === undefined) return;
  const shelf = await work.tx.shelf.findUnique({
    where: { modelId_stage: { modelId: model.id, stage: to } },
    select: { current: { select: { number: true } } },
  });
  const holder = shelf?.current?.number ?? null;
  if (holder === expectedHolder) return;
  throw new ConflictError(holder === null ? `Nobody stands on ${to}.` : `Version ${holder} stands on ${to}.`, {
    field: "input.expectedHolder",
    holder,
  });
}

function requireMove({ version }: LockedVersion, to: Stage): void {
  const now = { stage: version.stage, status: version.status };
  if (version.stage === to) throw new ConflictError(`Version ${version.number} stands on ${to} already.`, now);
  if (!mayStandOn(to, version.status)) {
    throw new ConflictError(`Version ${version.number} is ${version.status}: only READY versions enter ${to}.`, now);
  }
}

async function move(
  work: Work,
  { model, version }: LockedVersion,
  { to, reason, archiveExisting }: { to: Stage; reason: string | null; archiveExisting: boolean },
): Promise<Transitioned> {
  const existing: VersionRow[] = archiveExisting
    ? await work.tx.modelVersion.findMany({
        where: { modelId: model.id, stage: to, deletedAt: null },
        select: { id: true, number: true, stage: true },
        orderBy: { number: "asc" },
      })
    : [];
  const { count } = await work.tx.modelVersion.updateMany({
    where: { id: version.id, stage: version.stage },
    data: { stage: to, stageSince: work.at },
  });
  if (count !== 1) throw new ConflictError(`Version ${version.number} was moved by someone else at the same time.`);
  const transitionId = tellMove(work, { model, version }, to, reason);
  await archiveVersions(work, model, existing, reason ?? `Replaced by version ${version.number}.`);
  return { versionId: version.id, transitionId, archivedIds: existing.map(({ id }) => id) };
}
