import { canonicalJson, type JsonValue } from "../../values/json.js";
import { requirementOf } from "../decide.js";
import type { Evidence } from "../evidence.js";
import type { PolicyDefinition } from "../policy.js";
import type { Finding, Rule, RuleKind } from "../rule.js";
import { RULES } from "../rule-table.js";
import { passed } from "../rules/finding.js";
import type { PastPromotion, RecordedRule } from "./past-promotion.js";
import { UNKNOWN_BECAUSE } from "./replay-table.js";

export type ReplayStatus = "PASSED" | "FAILED" | "PENDING" | "UNKNOWN";

export const IMPACT_VERDICTS = ["BLOCKED", "UNKNOWN", "ALLOWED"] as const;
/** BLOCKED: a rule was not met. UNKNOWN: none that is known, and some are not known. */
export type ImpactVerdict = (typeof IMPACT_VERDICTS)[number];

/** Where a result is from: the decision of then, the history, or nowhere. */
export type ReplaySource = "DECISION" | "HISTORY" | "NONE";

/** What a rule of a draft would have said about a promotion of the past. */
export interface ReplayedRule {
  readonly position: number;
  readonly kind: RuleKind;
  readonly requirement: string;
  readonly status: ReplayStatus;
  readonly source: ReplaySource;
  readonly explanation: string;
  readonly evidence: readonly Evidence[];
}

/** What each rule would have said. */
export function replay({ rules }: PolicyDefinition, past: PastPromotion): ReplayedRule[] {
  const recorded = byText(past.recorded);
  return rules.map((rule, index) => ({
    position: index + 1,
    kind: rule.kind,
    requirement: requirementOf(rule),
    ...(fromDecision(rule, recorded) ?? fromHistory(rule, past)),
  }));
}

/** Each text is made once: a draft is asked about thousands of promotions, and rules are kept by their policies. */
const TEXTS = new WeakMap<object, string>();

function textOf(rule: object): string {
  const text = TEXTS.get(rule) ?? canonicalJson(rule as JsonValue);
  TEXTS.set(rule, text);
  return text;
}

function byText(recorded: PastPromotion["recorded"]): ReadonlyMap<string, RecordedRule> {
  // the first of equal rules counts
  return new Map([...recorded].reverse().map((each) => [textOf(each.rule as object), each]));
}

export function verdictOf(results: readonly Pick<ReplayedRule, "status">[]): ImpactVerdict {
  if (results.some(({ status }) => status === "FAILED" || status === "PENDING")) return "BLOCKED";
  return results.some(({ status }) => status === "UNKNOWN") ? "UNKNOWN" : "ALLOWED";
}

type Replayed = Omit<ReplayedRule, "position" | "kind" | "requirement">;

/** What an equal rule said then, of whatever policy. */
function fromDecision(rule: Rule, recorded: ReadonlyMap<string, RecordedRule>): Replayed | null {
  const found = recorded.get(textOf(rule));
  return found
    ? { status: statusOf(found), source: "DECISION", explanation: found.explanation, evidence: found.evidence }
    : null;
}

function statusOf({ status }: RecordedRule): ReplayStatus {
  return status === "EVALUATED" ? "FAILED" : status;
}

function fromHistory<K extends RuleKind>(rule: Rule<K>, past: PastPromotion): Replayed {
  const isSkipped = rule.onRollback === "SKIP" && past.isRollback !== false;
  if (isSkipped && past.isRollback) return known(passed("A rollback does not ask this rule."));
  const because = UNKNOWN_BECAUSE[rule.kind](rule, past);
  if (because !== null) return unknown(because);
  const move = { ...past.move, isRollback: past.isRollback ?? false };
  const found = RULES[rule.kind].check(rule, past.facts, move);
  if (isSkipped && found.verdict !== "PASSED")
    return unknown("Whether the move was a rollback, which does not ask this rule, was not recorded.");
  return known(found);
}

function known({ verdict, explanation, evidence }: Finding): Replayed {
  // what the history has of a run is as it is now
  const ofThen = evidence.filter(({ kind }) => kind !== "RUN");
  return { status: verdict, source: "HISTORY", explanation, evidence: ofThen };
}

function unknown(explanation: string): Replayed {
  return { status: "UNKNOWN", source: "NONE", explanation, evidence: [] };
}
