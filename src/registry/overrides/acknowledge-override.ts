import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError, ForbiddenError, NotFoundError } from "../../domain/errors.js";
import { parseOptionalComment } from "../../domain/governance/request.js";
import { targetOf } from "../../domain/governance/target.js";
import { coveredModel } from "../../store/access/visibility.js";
import { writeOverrideReview } from "../../store/overrides/write-override-review.js";
import { type CommandContext, requireScopes } from "../command.js";
import { eventTarget } from "../governance/gate.js";

export interface AcknowledgeOverrideInput {
  readonly decision: string;
  readonly comment?: string | null | undefined;
}

/**
 * Records that somebody else than who overrode policies has looked at the override.
 *
 * Errors: FORBIDDEN, also for whoever overrode; INVALID_INPUT; NOT_FOUND; CONFLICT if the decision has no override, or one that
 * was acknowledged already.
 */
export async function acknowledgeOverride(
  context: CommandContext,
  input: AcknowledgeOverrideInput,
): Promise<{ id: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.acknowledgeOverride], "acknowledgeOverride");
  const comment = parseOptionalComment("input.comment", input.comment);
  return context.transact(async (work) => {
    const decision = await work.tx.promotionDecision.findUnique({
      where: { id: input.decision },
      include: { modelVersion: { select: { id: true, number: true } } },
    });
    // A decision that does not exist is looked up like one that is not the viewer's, so that the time it takes reveals nothing.
    const model = await work.tx.model.findFirst({
      where: { AND: [{ id: decision?.modelId ?? input.decision }, coveredModel(work.viewer)] },
      select: { id: true, name: true },
    });
    if (!decision || !model) throw new NotFoundError("The decision was not found.");
    const { id, overrideReason, modelVersion: version } = decision;
    if (overrideReason === null) throw new ConflictError("The decision has no override.");
    if (work.people.isSame(work.viewer.actor, { issuer: decision.actorIssuer, subject: decision.actorSubject })) {
      throw new ForbiddenError(
        "acknowledgeOverride is for a second person: whoever overrode cannot acknowledge it, with whatever token.",
        [],
      );
    }
    const review = { decisionId: id, comment, at: work.at };
    if (!(await writeOverrideReview(work.tx, review, work.viewer.actor))) {
      throw new ConflictError("The override was acknowledged already.");
    }
    work.emit({
      type: "promotion.override_acknowledged",
      subject: { type: "PromotionDecision", id },
      model,
      version,
      ...eventTarget(targetOf(decision)),
      after: { reason: overrideReason, comment },
    });
    return { id };
  });
}
