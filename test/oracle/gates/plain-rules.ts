import type { RuleInput } from "../../../src/domain/governance/parse-rule.js";
import { counts } from "./actors.js";
import {
  guards,
  holdersOf,
  type Place,
  type PlainModel,
  type PlainPolicy,
  type PlainVersion,
  type PlainWorld,
} from "./plain-world.js";

export interface Asked {
  readonly world: PlainWorld;
  readonly model: PlainModel;
  readonly version: PlainVersion;
  readonly to: Place;
  readonly reason: string | null;
  readonly isRollback: boolean;
  readonly replaces: boolean;
}

/** What one rule says, as `policy revision position status`, and whether it refuses the move. */
export interface Said {
  readonly line: string;
  readonly refuses: boolean;
  readonly isSingleHolder: boolean;
}

type Verdict = "PASSED" | "FAILED" | "PENDING";

/** What all rules of all policies of a place say about a move, a second time and without looking at the registry's code. */
export function ask(asked: Asked): Said[] {
  const { world, model, to } = asked;
  return world
    .selecting(model)
    .filter(({ input }) => guards(input, to))
    .flatMap((policy) => (policy.input.rules ?? []).map((rule, index) => say(policy, rule, index + 1, asked)));
}

function say({ name, revision, input }: PlainPolicy, rule: RuleInput, position: number, asked: Asked): Said {
  const verdict = isSkipped(rule, asked) ? "PASSED" : verdictOf(rule, asked);
  const isMet = verdict === "PASSED";
  const isOnlyEvaluated = input.mode === "EVALUATE";
  return {
    line: `${name} ${revision} ${position} ${isMet || !isOnlyEvaluated ? verdict : "EVALUATED"}`,
    refuses: !isMet && !isOnlyEvaluated,
    isSingleHolder: Boolean(rule.singleHolder),
  };
}

/** By default a rollback is not asked where the version was, and not how it compares with what is taken away. */
function isSkipped(rule: RuleInput, { isRollback }: Asked): boolean {
  if (!isRollback) return false;
  const [given] = Object.values(rule) as { onRollback?: string }[];
  return (given?.onRollback ?? (rule.previous || rule.metricAgainstHolder ? "SKIP" : "ASK")) === "SKIP";
}

const pass = (isMet: boolean): Verdict => (isMet ? "PASSED" : "FAILED");

function verdictOf(rule: RuleInput, asked: Asked): Verdict {
  const { world, model, version, to, reason, replaces } = asked;
  const { tag, check, metric, metricAgainstHolder, present, previous, freeze } = rule;
  if (rule.reason) {
    const text = (reason ?? "").trim();
    const pattern = rule.reason.pattern;
    return pass(
      text.length >= (rule.reason.minimumLength ?? 1) && (!pattern || new RegExp(`^(?:${pattern})$`).test(text)),
    );
  }
  if (tag) {
    const found = (tag.on === "MODEL" ? model : version).tags.get(tag.key);
    return pass(!!found && (tag.values ?? [found.value]).includes(found.value) && counts(tag.evidenceFrom, found.by));
  }
  if (check) {
    const newest = version.checks.filter(({ by }) => counts(check.evidenceFrom, by)).at(-1);
    if (newest?.status !== "PASSED") return newest?.status === "PENDING" ? "PENDING" : "FAILED";
    const isFresh = world.at - newest.at <= (check.maxAgeSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
    return pass(isFresh && (newest.expires === null || newest.expires > world.at));
  }
  if (metric) {
    const found = version.run?.auc;
    if (!found) return pass(metric.ifMissing === "PASS");
    const { value } = found;
    const isMet = { GTE: value >= metric.value, LT: value < metric.value }[metric.comparator as "GTE" | "LT"];
    return pass(isMet && counts(metric.evidenceFrom, found.by));
  }
  if (metricAgainstHolder) return compare(metricAgainstHolder, asked);
  if (present)
    return pass(
      { DESCRIPTION: version.description !== "", RUN: version.run !== null }[present.field as "RUN"] ??
        version.fields.has(present.field),
    );
  if (rule.runStatus) return pass(rule.runStatus.in.some((status) => status === version.run?.status));
  if (previous) {
    const place = previous.stage ?? `@${previous.alias}`;
    const stays = version.stays.filter(
      (stay) => stay.place === place && (previous.held === "EVER" || stay.until === null),
    );
    return pass(
      stays.some(({ since, until }) => (until ?? world.at) - since >= (previous.minimumSeconds ?? 0) * 1_000),
    );
  }
  if (rule.singleHolder)
    return pass(to.startsWith("@") || replaces || holdersOf(model, to).every((each) => each === version));
  if (freeze) return pass(world.at < freeze.from.getTime() || world.at >= freeze.to.getTime());
  throw new Error("The plain model does not know the rule.");
}

/** A version without the metric fails; a holder without it, or no holder, is what ifMissing is about. */
function compare(rule: NonNullable<RuleInput["metricAgainstHolder"]>, { model, version, to }: Asked): Verdict {
  const own = version.run?.auc;
  if (!own || !counts(rule.evidenceFrom, own.by)) return "FAILED";
  const holder = holdersOf(model, to).find((each) => each !== version)?.run?.auc;
  if (!holder) return pass(rule.ifMissing === "PASS");
  if (!counts(rule.evidenceFrom, holder.by)) return "FAILED";
  if (Number.isNaN(own.value) || Number.isNaN(holder.value)) return "FAILED";
  const sign = rule.direction === "HIGHER_IS_BETTER" ? 1 : -1;
  const share = rule.relativeTolerance ?? null;
  const allowed = share === null ? (rule.absoluteTolerance ?? 0) : Math.max(0, holder.value) * share;
  const [mine, others] = [sign * own.value, sign * holder.value];
  return pass(mine >= others || mine >= others - allowed);
}
