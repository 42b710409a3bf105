import type { RuleResult } from "./decision.js";
import type { Facts, Needs, PromotionMove } from "./facts.js";
import type { Policy, PolicyMode } from "./policy.js";
import type { Finding, Rule, RuleKind } from "./rule.js";
import { RULES } from "./rule-table.js";
import { passed } from "./rules/finding.js";

/** The facts that the rules of policies look at, each once. */
export function needsOf(policies: readonly Policy[]): Needs {
  return needsOfRules(policies.filter(isAsked).flatMap(({ definition }) => definition.rules));
}

export function needsOfRules(rules: readonly Rule[]): Needs {
  const all = rules.map(needsOfRule);
  const tags = new Map(all.flatMap((needs) => needs.tags ?? []).map((tag) => [`${tag.on} ${tag.key}`, tag]));
  return {
    tags: [...tags.values()],
    metrics: [...new Set(all.flatMap((needs) => needs.metrics ?? []))],
    checks: [...new Set(all.flatMap((needs) => needs.checks ?? []))],
  };
}

/** What each rule says about a promotion, in the order of the policies' names and of the rules in them. */
export function decide(policies: readonly Policy[], facts: Facts, move: PromotionMove): RuleResult[] {
  return policies
    .filter(isAsked)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, revision, mode, definition }) =>
      definition.rules.map((rule, index): RuleResult => {
        const { verdict, ...found } = ask(rule, facts, move);
        return {
          policy: name,
          revision,
          mode,
          position: index + 1,
          kind: rule.kind,
          requirement: requirementOf(rule),
          status: verdict !== "PASSED" && mode === "EVALUATE" ? "EVALUATED" : verdict,
          ...found,
        };
      }),
    );
}

/** The results that refuse the promotion. */
export function unmetRules(results: readonly RuleResult[]): RuleResult[] {
  return results.filter(({ mode, status }) => mode === "ENFORCE" && status !== "PASSED");
}

/** Whether an override can do without the rule. */
export function isOverridable({ kind }: Pick<RuleResult, "kind">): boolean {
  return RULES[kind].canOverride;
}

/** What a rule requires, as a sentence. */
export function requirementOf<K extends RuleKind>(rule: Rule<K>): string {
  return RULES[rule.kind].describe(rule);
}

function isAsked({ mode }: { readonly mode: PolicyMode }): boolean {
  return mode !== "OFF";
}

function needsOfRule<K extends RuleKind>(rule: Rule<K>): Needs {
  return RULES[rule.kind].needs(rule);
}

function ask<K extends RuleKind>(rule: Rule<K>, facts: Facts, move: PromotionMove): Finding {
  if (move.isRollback && rule.onRollback === "SKIP") return passed("A rollback does not ask this rule.");
  return RULES[rule.kind].check(rule, facts, move);
}
