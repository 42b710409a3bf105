import { ConflictError } from "../../domain/errors.js";
import { unmetRules } from "../../domain/governance/decide.js";
import { parseLifetime, type Seen, seenOf } from "../../domain/governance/request.js";
import { requesterRightsOf } from "../../domain/governance/requester-rights.js";
import { describeTarget, type PromotionTarget, targetColumns, targetKey } from "../../domain/governance/target.js";
import { always, type MeaningOf, optional } from "../../domain/values/meaning.js";
import { parseReason } from "../../domain/versions/reason.js";
import type { ModelVersionRef } from "../../domain/versions/version.js";
import type { Prisma } from "../../store/generated/client.js";
import { type Assessment, assessPromotion } from "../../store/governance/assess-promotion.js";
import { type LockedVersion, lockVersion } from "../across/lookup.js";
import { actorColumns, type CommandContext, type Work } from "../command.js";
import { enterGate } from "../governance/gate.js";
import { withIdempotencyKey } from "../idempotency.js";
import { requireOtherStage } from "../versions/transition-model-version.js";
import { requireNoOther } from "./live-request.js";
import { aboutRequest, requireScopesOfPromotion } from "./request-lookup.js";

export interface RequestPromotionInput {
  readonly version: ModelVersionRef;
  readonly target: PromotionTarget;
  readonly reason?: string | null | undefined;
  readonly archiveExisting?: boolean | null | undefined;
  /** Whether the last approval makes the move, on behalf of the requester. */
  readonly autoExecute?: boolean | null | undefined;
  /** For how long it can be approved and executed. Default: 14 days. */
  readonly lifetimeSeconds?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

interface Wish {
  readonly target: PromotionTarget;
  readonly reason: string | null;
  readonly archiveExisting: boolean;
  readonly autoExecute: boolean;
  readonly lifetimeSeconds: number;
}

/**
 * Asks others to approve a promotion that a policy holds until then. When enough have, the requester's move goes through; with
 * `autoExecute` it is made then, with the rights that the requester's token has now.
 *
 * Errors: FORBIDDEN without the scopes of the move; INVALID_INPUT; NOT_FOUND; CONFLICT if no policy asks for approvals, or if
 * the idempotency key was used with other input; ALREADY_EXISTS if a request for the version and the target is open.
 */
export async function requestPromotion(context: CommandContext, input: RequestPromotionInput): Promise<{ id: string }> {
  const wish: Wish = {
    target: input.target,
    reason: parseReason("input.reason", input.reason),
    archiveExisting: input.archiveExisting ?? false,
    autoExecute: input.autoExecute ?? false,
    lifetimeSeconds: parseLifetime("input.lifetimeSeconds", input.lifetimeSeconds),
  };
  return context.transact(async (work) => {
    await enterGate(work);
    const locked = await lockVersion(work, input.version);
    requireScopesOfPromotion(work, { ...locked, target: wish.target });
    const call = { mutation: "requestPromotion", input, meaning: meaningOf(locked.version.id, wish) };
    return withIdempotencyKey(work, call, () => openRequest(work, locked, wish));
  });
}

function meaningOf(versionId: string, wish: Wish): MeaningOf<RequestPromotionInput> {
  const { target, reason, archiveExisting, autoExecute, lifetimeSeconds } = wish;
  return {
    version: always(versionId),
    target: always(targetKey(target)),
    reason: optional(reason),
    archiveExisting: always(archiveExisting),
    autoExecute: always(autoExecute),
    lifetimeSeconds: always(lifetimeSeconds),
  };
}

async function openRequest(work: Work, { model, version }: LockedVersion, wish: Wish): Promise<{ id: string }> {
  const { target, reason, archiveExisting, autoExecute, lifetimeSeconds } = wish;
  if ("stage" in target) requireOtherStage(work, { model, version }, target.stage);
  const assessment = await assessRequest(work, { model, version }, wish);
  await requireNoOther(work, { model, version, target });
  const id = work.newId();
  const seen = requireApprovalsAsked(target, assessment);
  const expiresAt = new Date(work.at.getTime() + lifetimeSeconds * 1_000);
  await work.tx.promotionRequest.createMany({
    data: [
      {
        ...actorColumns(work.viewer),
        id,
        modelId: model.id,
        versionId: version.id,
        ...targetColumns(target),
        status: "OPEN",
        round: 1,
        reason,
        archiveExisting,
        autoExecute,
        ...(autoExecute ? { requesterRights: requesterRightsOf(work.viewer) } : {}),
        seen: seen as unknown as Prisma.InputJsonObject,
        staleReasons: [],
        approvedBy: [],
        lifetimeSeconds,
        createdAt: work.at,
        expiresAt,
        checkedAt: work.at,
      },
    ],
  });
  const about = aboutRequest({ request: { id }, model, version, target });
  work.emit({
    ...about,
    type: "promotion_request.created",
    after: { status: "OPEN", reason, expiresAt: expiresAt.toISOString() },
  });
  emitMissingChecks(work, about, assessment);
  return { id };
}

/** What the policies say now, with the approvals of the requester's live request. */
export function assessRequest(
  work: Work,
  { model, version }: LockedVersion,
  { target, reason, archiveExisting }: Pick<Wish, "target" | "reason" | "archiveExisting">,
  requester: Pick<Work["viewer"]["actor"], "issuer" | "subject"> = work.viewer.actor,
): Promise<Assessment> {
  const replacesHolders = archiveExisting || "alias" in target;
  return assessPromotion(work.tx, {
    modelId: model.id,
    versionId: version.id,
    move: { target, reason, isRollback: false, replacesHolders },
    at: work.at,
    requester,
    people: work.people,
  });
}

/** What changed since it was asked, as sentences. */
export function staleReasonsOf({ facts }: Assessment): readonly string[] {
  return facts ? (facts.request?.staleReasons ?? []) : ["No policy guards the target any more."];
}

/** What is seen now. Throws CONFLICT if the version holds the target already, and if no enforced policy asks for approvals, for nothing would ever be executed. */
export function requireApprovalsAsked(target: PromotionTarget, { policies, results, facts }: Assessment): Seen {
  if (facts?.version.holdsTarget) throw new ConflictError(`The version holds ${describeTarget(target)} already.`);
  const asks = results.some(({ kind, mode }) => kind === "approvals" && mode === "ENFORCE");
  if (asks && facts) return seenOf(policies, facts, results);
  throw new ConflictError(`No policy of ${describeTarget(target)} asks for approvals: promote the version directly.`);
}

/** Names the checks that the promotion still lacks, so that a test bench or a ticket system starts by itself. */
export function emitMissingChecks(
  work: Work,
  about: Omit<Parameters<Work["emit"]>[0], "type">,
  { policies, results }: Assessment,
): void {
  const missing = unmetRules(results).filter(({ kind }) => kind === "check");
  const names = missing.flatMap(({ policy, position }) => {
    const rule = policies.find(({ name }) => name === policy)?.definition.rules[position - 1];
    return rule?.kind === "check" ? [rule.name] : [];
  });
  if (names.length > 0) work.emit({ ...about, type: "check.requested", after: { names: [...new Set(names)].sort() } });
}
