import { InvalidInputError } from "../../errors.js";
import { parseDatasetDigest } from "../../tracking/dataset.js";
import { parseKey } from "../../tracking/metric.js";
import type { Facts } from "../facts.js";
import { accepts, parsePrincipals } from "../principals.js";
import type { Comparator, RuleFields, RuleRow } from "../rule.js";
import { failed, passed } from "./finding.js";
import { describeSeries, metricEvidence, seriesOf } from "./metric-evidence.js";
import { evidenceClause } from "./wording.js";

type MetricRule = RuleFields["metric"];

/** By IEEE 754 §5.11, so that NaN meets none of them. */
const COMPARE: {
  readonly [C in Comparator]: { readonly words: string; isMet(value: number, bound: number): boolean };
} = {
  GT: { words: "greater than", isMet: (value, bound) => value > bound },
  GTE: { words: "at least", isMet: (value, bound) => value >= bound },
  LT: { words: "less than", isMet: (value, bound) => value < bound },
  LTE: { words: "at most", isMet: (value, bound) => value <= bound },
  EQ: { words: "equal to", isMet: (value, bound) => value === bound },
};

export const metric: RuleRow<"metric"> = {
  parse(field, { key, comparator, value, datasetDigest, ifMissing, evidenceFrom }) {
    if (!Number.isFinite(value)) {
      throw new InvalidInputError(`${field}.value`, `${field}.value must be a finite number: ${faultOf(value)}.`);
    }
    return {
      key: parseKey(`${field}.key`, key),
      comparator,
      value,
      ...(typeof datasetDigest === "string"
        ? { datasetDigest: parseDatasetDigest(`${field}.datasetDigest`, datasetDigest) }
        : {}),
      ifMissing: ifMissing ?? "FAIL",
      ...(evidenceFrom ? { evidenceFrom: parsePrincipals(`${field}.evidenceFrom`, evidenceFrom) } : {}),
    };
  },

  describe: (rule) =>
    `The metric ${describeSeries(rule)} is ${boundOf(rule)}${rule.ifMissing === "PASS" ? ", if there is one" : ""}.${evidenceClause(rule.evidenceFrom)}`,

  needs: ({ key }) => ({ metrics: [key] }),

  check(rule, facts) {
    const series = seriesOf(facts, facts.version.number, rule);
    if (series.length === 0) return missing(rule, facts);
    const foreign = series.filter(({ author }) => rule.evidenceFrom && !accepts(rule.evidenceFrom, author));
    const unmet = series.filter(({ value }) => !COMPARE[rule.comparator].isMet(value, rule.value));
    const evidence = [...new Set([...foreign, ...unmet, ...series])].map((each) => metricEvidence(each, facts));
    const name = describeSeries(rule);
    // not the same as missing: else ifMissing PASS could be reached by logging as somebody else
    if (foreign.length > 0) {
      return failed(
        `The metric ${name} was logged by somebody whose evidence does not count.`,
        `Let somebody whose evidence counts log ${name} to the version's run.`,
        evidence,
      );
    }
    if (unmet.length > 0) return failed(`The metric ${name} is not ${boundOf(rule)}.`, satisfyOf(rule), evidence);
    return passed(`The metric ${name} is ${boundOf(rule)}.`, evidence);
  },

  onRollback: "ASK",
  canOverride: true,
};

function faultOf(value: number): string {
  return Number.isNaN(value) ? "no value compares with NaN" : "a bound that is infinite decides nothing";
}

function boundOf({ comparator, value }: MetricRule): string {
  return `${COMPARE[comparator].words} ${value}`;
}

function satisfyOf(rule: MetricRule): string {
  return `Log a value of ${describeSeries(rule)} that is ${boundOf(rule)} to the version's run, or register a version that has one.`;
}

/** A deleted run had metrics that nobody sees: not the same as missing, else ifMissing PASS could be reached by deleting it. */
function missing(rule: MetricRule, { version }: Facts) {
  if (version.isRunDeleted) return failed("The version's run is deleted, and its metrics with it.", "Restore the run.");
  const explanation = `The version's run has no metric ${describeSeries(rule)}`;
  return rule.ifMissing === "PASS"
    ? passed(`${explanation}, which the rule allows.`)
    : failed(`${explanation}.`, satisfyOf(rule));
}
