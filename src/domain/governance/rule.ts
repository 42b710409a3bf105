import type { RunStatus } from "../tracking/run.js";
import type { Stage } from "../versions/stage.js";
import type { Evidence } from "./evidence.js";
import type { Facts, Needs, PromotionMove } from "./facts.js";
import type { Principals } from "./principals.js";

/** What to decide where there is nothing to look at. */
export type IfMissing = "FAIL" | "PASS";
/** Whether a rule is asked of a version that held the target before and is put back. */
export type OnRollback = "ASK" | "SKIP";

export const PRESENT_FIELDS = ["DIGEST", "SIGNATURE", "DESCRIPTION", "RUN", "DATASET_INPUT"] as const;
export type PresentField = (typeof PRESENT_FIELDS)[number];

export const COMPARATORS = ["GT", "GTE", "LT", "LTE", "EQ"] as const;
export type Comparator = (typeof COMPARATORS)[number];

export const DIRECTIONS = ["HIGHER_IS_BETTER", "LOWER_IS_BETTER"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/**
 * What each kind of rule holds once it is checked. All of it is JSON: it is stored with its policy, and stands in events.
 * Absent members were not given.
 */
export type RuleFields = {
  /** The version is in the stage or under the alias, or was before, for at least so many seconds at once. */
  previous: {
    readonly stage?: Stage;
    readonly alias?: string;
    readonly held: "NOW" | "EVER";
    readonly minimumSeconds: number;
  };
  present: { readonly field: PresentField };
  runStatus: { readonly in: readonly RunStatus[] };
  tag: {
    readonly on: "MODEL" | "VERSION";
    readonly key: string;
    readonly values?: readonly string[];
    /** RE2 syntax; the whole value must match. */
    readonly pattern?: string;
    readonly evidenceFrom?: Principals;
  };
  metric: {
    readonly key: string;
    readonly comparator: Comparator;
    readonly value: number;
    readonly datasetDigest?: string;
    readonly ifMissing: IfMissing;
    readonly evidenceFrom?: Principals;
  };
  metricAgainstHolder: {
    readonly key: string;
    readonly direction: Direction;
    /** How much worse the version may be: as a difference, or as a share of the holder's value. */
    readonly tolerance: { readonly absolute: number } | { readonly relative: number };
    readonly datasetDigest?: string;
    readonly ifMissing: IfMissing;
    readonly evidenceFrom?: Principals;
  };
  check: { readonly name: string; readonly maxAgeSeconds?: number; readonly evidenceFrom?: Principals };
  /** Kept by the database: ModelVersion.exclusiveStage. */
  singleHolder: Readonly<Record<never, never>>;
  reason: { readonly minimumLength: number; readonly pattern?: string };
  /** So many people approved the request of whoever moves the version. */
  approvals: {
    readonly quorum: number;
    readonly from?: Principals;
    readonly notRegistrant: boolean;
    readonly notRequester: boolean;
    /** Of each of these groups, at least one of the approvers. */
    readonly oneOfEach?: readonly string[];
    /** Whether the request is stale once another version holds the target. */
    readonly sameHolder: boolean;
  };
  /** No move from a time on and before another, in RFC 3339. */
  freeze: { readonly from: string; readonly to: string };
};

export type RuleKind = keyof RuleFields;
/** A rule of one of the kinds, of any of them if none is named. */
export type Rule<K extends RuleKind = RuleKind> = {
  [Each in K]: { readonly kind: Each; readonly onRollback: OnRollback } & RuleFields[Each];
}[K];

/** What a rule found. */
export interface Finding {
  readonly verdict: "PASSED" | "FAILED" | "PENDING";
  /** What was found, without a value that not everybody who sees the version may read: those stand in the evidence. */
  readonly explanation: string;
  /** What would satisfy the rule; absent if it is met. */
  readonly satisfy?: string;
  readonly evidence: readonly Evidence[];
}

/** What the registry does with one kind of rule. */
export interface RuleRow<K extends RuleKind> {
  /** Checks what the user gives. Throws INVALID_INPUT, also for a rule that can never be met. */
  parse(field: string, input: RuleInputs[K]): RuleFields[K];
  /** What the rule requires, as a sentence. */
  describe(rule: RuleFields[K]): string;
  needs(rule: RuleFields[K]): Needs;
  check(rule: RuleFields[K], facts: Facts, move: PromotionMove): Finding;
  /** Whether a rollback asks it, unless the policy says otherwise. */
  readonly onRollback: OnRollback;
  /** Whether an override can do without it. */
  readonly canOverride: boolean;
}

type Loose<T> = T extends object ? { readonly [Key in keyof T]?: T[Key] | null | undefined } : T;

/** What users give for each kind of rule: absent and null members get their defaults. */
export type RuleInputs = {
  previous: Loose<RuleFields["previous"]>;
  present: RuleFields["present"];
  runStatus: RuleFields["runStatus"];
  tag: Loose<Omit<RuleFields["tag"], "key" | "evidenceFrom">> & { readonly key: string } & WithEvidence;
  metric: Loose<Pick<RuleFields["metric"], "datasetDigest" | "ifMissing">> &
    Pick<RuleFields["metric"], "key" | "comparator" | "value"> &
    WithEvidence;
  metricAgainstHolder: Loose<Pick<RuleFields["metricAgainstHolder"], "datasetDigest" | "ifMissing">> &
    Pick<RuleFields["metricAgainstHolder"], "key" | "direction"> & {
      readonly absoluteTolerance?: number | null | undefined;
      readonly relativeTolerance?: number | null | undefined;
    } & WithEvidence;
  check: { readonly name: string; readonly maxAgeSeconds?: number | null | undefined } & WithEvidence;
  /** Takes nothing. */
  singleHolder: true;
  reason: Loose<RuleFields["reason"]>;
  approvals: Loose<Omit<RuleFields["approvals"], "from">> & {
    readonly from?: { readonly [Key in keyof Principals]?: readonly string[] | null | undefined } | null | undefined;
  };
  freeze: { readonly from: Date; readonly to: Date };
};

interface WithEvidence {
  readonly evidenceFrom?:
    | { readonly [Key in keyof Principals]?: readonly string[] | null | undefined }
    | null
    | undefined;
}
