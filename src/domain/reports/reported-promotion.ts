import type { Actor } from "../access/actor.js";
import type { Decision, RuleResult } from "../governance/decision.js";
import type { Stage } from "../versions/stage.js";

/**
 * How a line is proven. LOG: the log holds the event, and the line says what the event says. COMPACTED: the event was taken
 * out of the log, and the archived segment that holds it is the proof. DIFFERS: the line says something else than the event,
 * or the event is gone without a compaction.
 */
export type ProofState = "LOG" | "COMPACTED" | "DIFFERS";

/** One promotion, as an auditor reads it. What the reader may not see is null or left out, and the notes say so. */
export interface ReportedPromotion {
  readonly revision: bigint;
  readonly eventId: string;
  readonly at: Date;
  readonly modelId: string;
  /** Null if it is not known, or the reader may not see it. */
  readonly modelName: string | null;
  readonly currentModelName: string;
  readonly isModelDeleted: boolean;
  readonly versionId: string;
  readonly versionNumber: number;
  readonly isVersionDeleted: boolean;
  readonly digest: string | null;
  readonly stage: Stage | null;
  readonly alias: string | null;
  /** The stage that the version left; null for an alias. */
  readonly fromStage: Stage | null;
  /** The version that held the target before; null if none did. */
  readonly previousVersionNumber: number | null;
  readonly heldBefore: boolean;
  readonly actor: Actor;
  readonly reason: string | null;
  /** Null if no policy guarded the target. */
  readonly decision: ReportedDecision | null;
  readonly request: ReportedRequest | null;
  readonly runId: string | null;
  readonly metrics: readonly ReportedMetric[] | null;
  readonly datasets: readonly ReportedDataset[] | null;
  readonly served: Served;
  /** The move that took the version off the target; null if it still holds it. */
  readonly left: Leave | null;
  /** The next promotion of the model to the same target; null if there was none. */
  readonly next: NextPromotion | null;
  readonly proof: { readonly state: ProofState; readonly hash: string | null };
  readonly notes: readonly string[];
}

export interface ReportedDecision extends Pick<Decision, "policies" | "isRollback"> {
  readonly rules: readonly RuleResult[];
  readonly overrideReason: string | null;
  /** Null if nobody else has acknowledged the override, and if there is none. */
  readonly overrideReview: OverrideReview | null;
  /** The requester, if the last approval made the move; null otherwise. */
  readonly onBehalfOf: Actor | null;
}

export interface OverrideReview {
  readonly reviewer: Actor;
  readonly at: Date;
  readonly comment: string | null;
}

/** The request that the promotion executed, with all its reviews: those of its last round counted. */
export interface ReportedRequest {
  readonly id: string;
  readonly requestedBy: Actor;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly round: number;
  readonly reviews: readonly ReportedReview[];
}

export interface ReportedReview {
  readonly verdict: "APPROVE" | "REJECT";
  readonly reviewer: Actor;
  readonly comment: string | null;
  readonly at: Date;
  readonly round: number;
}

/** A metric of the version and of the version that held the target before. */
export interface ReportedMetric {
  readonly key: string;
  readonly datasetDigest: string | null;
  /** What the decision recorded; null if no rule looked at the metric. */
  readonly recorded: ComparedValues | null;
  /** The latest values when the report was made; null if there are none any more. */
  readonly current: ComparedValues | null;
}

/** Null: there is no such value. */
export interface ComparedValues {
  readonly version: number | null;
  readonly previous: number | null;
}

export interface ReportedDataset {
  readonly name: string;
  readonly digest: string;
  readonly context: string | null;
}

export interface Served {
  readonly from: Date;
  readonly until: Date | null;
  /** Null while it still holds the target. */
  readonly seconds: number | null;
}

export interface Leave {
  readonly revision: bigint;
  readonly at: Date;
  /** The stage that it moved to; null for an alias. */
  readonly toStage: Stage | null;
  readonly reason: string | null;
  readonly actor: Actor;
}

export interface NextPromotion {
  readonly revision: bigint;
  readonly at: Date;
  readonly versionNumber: number;
  /** Whether that version had held the target before: this one was rolled back, not only replaced. */
  readonly heldBefore: boolean;
}
