import { InvalidInputError } from "../../errors.js";
import { parseDatasetDigest } from "../../tracking/dataset.js";
import { parseKey } from "../../tracking/metric.js";
import type { Facts, MetricFact } from "../facts.js";
import { accepts, parsePrincipals } from "../principals.js";
import type { Finding, RuleFields, RuleInputs, RuleRow } from "../rule.js";
import { failed, passed } from "./finding.js";
import { describeSeries, metricEvidence, seriesOf } from "./metric-evidence.js";
import { isWorse } from "./tolerance.js";
import { evidenceClause } from "./wording.js";

type HolderRule = RuleFields["metricAgainstHolder"];

export const metricAgainstHolder: RuleRow<"metricAgainstHolder"> = {
  parse(field, input) {
    const { key, direction, datasetDigest, ifMissing, evidenceFrom } = input;
    return {
      key: parseKey(`${field}.key`, key),
      direction,
      tolerance: parseTolerance(field, input),
      ...(typeof datasetDigest === "string"
        ? { datasetDigest: parseDatasetDigest(`${field}.datasetDigest`, datasetDigest) }
        : {}),
      ifMissing: ifMissing ?? "FAIL",
      ...(evidenceFrom ? { evidenceFrom: parsePrincipals(`${field}.evidenceFrom`, evidenceFrom) } : {}),
    };
  },

  describe(rule) {
    const worse = rule.direction === "HIGHER_IS_BETTER" ? "lower" : "higher";
    const where = rule.datasetDigest === undefined ? " on the same dataset" : "";
    const unless = rule.ifMissing === "PASS" ? ", if there is one to compare with" : "";
    return `The metric ${describeSeries(rule)} is not ${worse} than the current holder's${where}${toleranceClause(rule)}${unless}.${evidenceClause(rule.evidenceFrom)}`;
  },

  needs: ({ key }) => ({ metrics: [key] }),

  check(rule, facts) {
    const own = seriesOf(facts, facts.version.number, rule);
    const holder = facts.holders[0];
    const others = holder ? seriesOf(facts, holder.number, rule) : [];
    const name = describeSeries(rule);
    const satisfy = `Log ${name} to the version's run, on a dataset that the holder was measured on.`;
    if (own.length === 0) return failed(`The version's run has no metric ${name}.`, satisfy, evidenceOf(others, facts));
    const foreign = own.filter(({ author }) => rule.evidenceFrom && !accepts(rule.evidenceFrom, author));
    if (foreign.length > 0) {
      return failed(
        `The metric ${name} was logged by somebody whose evidence does not count.`,
        `Let somebody whose evidence counts log ${name} to the version's run.`,
        evidenceOf([...foreign, ...own], facts),
      );
    }
    if (others.length === 0) return nothingToCompare(rule, facts, own);
    const pairs = pairsOf(own, others);
    // not the same as a holder without the metric: else ifMissing PASS could be reached by logging on a dataset of one's own
    if (pairs.length === 0)
      return failed(
        `The version's run has no metric ${name} on a dataset of the holder's.`,
        satisfy,
        evidenceOf([...own, ...others], facts),
      );
    // else whoever may log to the holder's run could make it look worse than it is
    const isForeign = pairs.some(([, { author }]) => rule.evidenceFrom && !accepts(rule.evidenceFrom, author));
    if (isForeign) {
      return failed(
        `The current holder's metric ${name} was logged by somebody whose evidence does not count.`,
        `Let somebody whose evidence counts log ${name} to the run of the current holder.`,
        evidenceOf(
          pairs.flatMap(([own, other]) => [other, own]),
          facts,
        ),
      );
    }
    return compare(rule, pairs, facts);
  },

  // whoever rolls back has found the holder wanting, whatever its metric says
  onRollback: "SKIP",
  canOverride: true,
};

function parseTolerance(field: string, input: RuleInputs["metricAgainstHolder"]): HolderRule["tolerance"] {
  const { absoluteTolerance: absolute = null, relativeTolerance: relative = null } = input;
  if (absolute !== null && relative !== null) {
    throw new InvalidInputError(field, `${field} must not give both absoluteTolerance and relativeTolerance.`);
  }
  if (relative !== null) return { relative: parseShare(`${field}.relativeTolerance`, relative) };
  return { absolute: parseShare(`${field}.absoluteTolerance`, absolute ?? 0) };
}

function parseShare(field: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new InvalidInputError(field, `${field} must be a finite number that is not negative.`);
}

function toleranceClause({ tolerance }: HolderRule): string {
  const [name, value] = "absolute" in tolerance ? ["", tolerance.absolute] : [" times that", tolerance.relative];
  return value === 0 ? "" : ` by more than ${value}${name}`;
}

type Pair = readonly [own: MetricFact, holder: MetricFact];

function pairsOf(own: readonly MetricFact[], others: readonly MetricFact[]): Pair[] {
  return own.flatMap((mine) =>
    others.filter((other) => other.datasetDigest === mine.datasetDigest).map((other) => [mine, other] as const),
  );
}

function nothingToCompare(rule: HolderRule, facts: Facts, own: readonly MetricFact[]): Finding {
  const [holder] = facts.holders;
  if (holder?.isRunDeleted) {
    return failed(
      "The run of the current holder is deleted, and its metrics with it.",
      "Restore the run of the current holder.",
      evidenceOf(own, facts),
    );
  }
  const explanation = holder
    ? `The current holder has no metric ${describeSeries(rule)}`
    : "No version holds the target";
  const evidence = evidenceOf(own, facts);
  return rule.ifMissing === "PASS"
    ? passed(`${explanation}, which the rule allows.`, evidence)
    : failed(
        `${explanation}: there is nothing to compare with.`,
        "Override the rule, or let the policy say ifMissing: PASS.",
        evidence,
      );
}

function compare(rule: HolderRule, pairs: readonly Pair[], facts: Facts): Finding {
  const name = describeSeries(rule);
  const worse = pairs.filter(([own, holder]) => isWorse(rule, own.value, holder.value));
  const evidence = evidenceOf([...worse, ...pairs].flat(), facts);
  if (worse.length === 0) return passed(`The metric ${name} is not worse than the current holder's.`, evidence);
  return failed(
    `The metric ${name} is worse than the current holder's.`,
    `Register a version whose ${name} is not worse than the current holder's.`,
    evidence,
  );
}

function evidenceOf(series: readonly MetricFact[], facts: Facts) {
  return [...new Set(series)].map((each) => metricEvidence(each, facts));
}
