import { authorOf } from "../../domain/access/author.js";
import { ForbiddenError, InvalidInputError, PolicyNotMetError } from "../../domain/errors.js";
import { isOverridable, unmetRules } from "../../domain/governance/decide.js";
import type { Decision, RuleResult } from "../../domain/governance/decision.js";
import { visibleResults } from "../../domain/governance/evidence-visibility.js";
import { refusalsToMove } from "../../domain/governance/movers.js";
import type { Policy } from "../../domain/governance/policy.js";
import { nameOfKind } from "../../domain/governance/rule-table.js";
import { describeTarget, isGuardedStage, type PromotionTarget } from "../../domain/governance/target.js";
import { hasVisibleCharacter } from "../../domain/values/invisible.js";
import { parseReason } from "../../domain/versions/reason.js";
import { assessPromotion } from "../../store/governance/assess-promotion.js";
import { readPoliciesOf, sharePolicies } from "../../store/governance/policies.js";
import type { LockedModel } from "../../store/models/model-lock.js";
import { type CommandContext, requireScopes, type Work } from "../command.js";
import { mayRead } from "../current-state.js";

/** The policies, kept as they are until the transaction ends. */
export interface Gate {
  readonly hasPolicies: boolean;
}

/** For a command that promotes nothing onto what a policy can guard. */
export const OPEN_GATE: Gate = { hasPolicies: false };

/** Must be called before the transaction takes any other lock: a change of policies locks models after it. */
export async function enterGate({ tx }: Work): Promise<Gate> {
  return { hasPolicies: await sharePolicies(tx) };
}

export interface OverrideInput {
  readonly reason: string;
}

/** Checks an override. Null: none is given. Throws FORBIDDEN without the scope, also where it would not be needed. */
export function parseOverride(
  { viewer }: CommandContext,
  override: OverrideInput | null | undefined,
  action: string,
): OverrideInput | null {
  if (!override) return null;
  requireScopes(viewer, ["policies:override"], `${action} with input.override`);
  const reason = parseReason("input.override.reason", override.reason);
  if (reason === null || !hasVisibleCharacter(reason)) {
    throw new InvalidInputError(
      "input.override.reason",
      "input.override.reason must say why the policy is overridden.",
    );
  }
  return { reason };
}

export interface Promotion {
  readonly version: { readonly id: string; readonly number: number };
  readonly target: PromotionTarget;
  readonly reason: string | null;
  readonly override: OverrideInput | null;
  readonly isRollback: boolean;
  /** Whether the move takes the other holders off the target. */
  readonly replacesHolders: boolean;
  /** What the version leaves by the move. */
  readonly leaves?: PromotionTarget;
}

/**
 * Asks the policies about a promotion. Returns what the event of the promotion keeps; null if no policy guards the target.
 *
 * Throws POLICY_NOT_MET with the rules that are not met, and FORBIDDEN if a policy names others who may move versions here.
 */
export async function passGate(
  work: Work,
  gate: Gate,
  model: LockedModel,
  { version, target, override, leaves, ...asked }: Promotion,
): Promise<Decision | null> {
  if (!gate.hasPolicies) return null;
  const { selecting, policies, results, facts } = await assessPromotion(work.tx, {
    modelId: model.id,
    versionId: version.id,
    move: { target, ...asked },
    at: work.at,
    requester: work.mover.actor,
    people: work.people,
  });
  if (leaves) refuseOthers(work, selecting, leaves);
  if (policies.length === 0) return null;
  refuseOthers(work, policies, target);
  const unmet = unmetRules(results);
  const isOverridden = unmet.length > 0 && override !== null && unmet.every(isOverridable);
  if (unmet.length > 0 && !isOverridden) throw notMet(work, version.number, target, unmet);
  return {
    target,
    isRollback: asked.isRollback,
    policies: policies.map(({ name, revision, mode }) => ({ name, revision, mode })),
    rules: results,
    override: isOverridden ? override : null,
    ...(facts?.request ? { requestId: facts.request.id } : {}),
  };
}

/**
 * Records what follows from a promotion, after its own event: that it overrode policies, and that a request is executed.
 * `promotionId` is the id of the promotion's event, which is that of the decision.
 */
export async function recordOutcome(
  work: Work,
  about: { readonly model: LockedModel; readonly version: Promotion["version"] },
  decision: Decision | null,
  promotionId: string,
): Promise<void> {
  if (!decision) return;
  const { target, override, rules, requestId } = decision;
  const to = eventTarget(target);
  if (override) {
    work.emit({
      ...about,
      ...to,
      type: "promotion.overridden",
      subject: { type: "PromotionDecision", id: promotionId },
      after: { reason: override.reason, rules: unmetRules(rules) },
    });
  }
  if (!requestId) return;
  const data = { status: "EXECUTED", closedAt: work.at, decisionId: promotionId } as const;
  await work.tx.promotionRequest.update({ where: { id: requestId }, data, select: { id: true } });
  work.emit({
    ...about,
    ...to,
    type: "promotion_request.executed",
    subject: { type: "PromotionRequest", id: requestId },
    after: { status: "EXECUTED" },
  });
}

/** The columns of an event that say which target it is about. */
export function eventTarget(target: PromotionTarget) {
  return "stage" in target ? { toStage: target.stage } : { alias: target.alias };
}

/** Throws FORBIDDEN if a policy on one of the targets names others who may move versions off it. */
export async function requireMover(work: Work, model: LockedModel, targets: readonly PromotionTarget[]): Promise<void> {
  const guarded = targets.filter((target) => "alias" in target || isGuardedStage(target.stage));
  if (!model.mayBeGuarded || guarded.length === 0) return;
  const policies = await readPoliciesOf(work.tx, model.id);
  for (const target of guarded) refuseOthers(work, policies, target);
}

function refuseOthers({ viewer, mover }: Work, policies: readonly Policy[], target: PromotionTarget): void {
  const [refusal] = refusalsToMove(policies, target, authorOf(mover));
  if (!refusal) return;
  if (mayRead(viewer, "Model")) throw new ForbiddenError(refusal.message, refusal.movers.scopes ?? []);
  throw new ForbiddenError(
    `A policy does not let this token move versions onto ${describeTarget(target)} or off it.`,
    [],
  );
}

/** Whoever may not read the model gets neither the rules nor what they found. */
function notMet({ viewer }: Work, number: number, target: PromotionTarget, unmet: readonly RuleResult[]): Error {
  const place = describeTarget(target);
  if (!mayRead(viewer, "ModelVersion")) {
    return new PolicyNotMetError(
      `The version does not meet the policies of ${place}. A token with models:read gets the list of rules.`,
    );
  }
  const list = unmet.map(({ policy, revision, explanation }) => `${explanation} (${policy}, revision ${revision})`);
  return new PolicyNotMetError(`Version ${number} may not be promoted to ${place}: ${list.join(" ")}`, {
    target,
    rules: visibleResults(viewer, unmet).map((result) => ({ ...result, kind: nameOfKind(result.kind) })),
  });
}
