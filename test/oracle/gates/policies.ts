import fc from "fast-check";
import type { PolicyInput, PolicyProtectionInput } from "../../../src/domain/governance/parse-policy.js";
import type { RuleInput } from "../../../src/domain/governance/parse-rule.js";

export const POLICIES = ["p1", "p2", "p-3"] as const;
export const KEYS = ["tier", "region", "approved-by", "note"] as const;
export const VALUES = ["high", "low", "eu"] as const;

export const pick = <const T extends readonly unknown[]>(...from: T): fc.Arbitrary<T[number]> =>
  fc.constantFrom(...from);
const some = <T>(from: readonly T[]) => fc.subarray([...from], { minLength: 1 });
/** Members that are sometimes left out. */
const loose = <T extends object>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }, required: (keyof T)[] = []) =>
  fc.record(members, { requiredKeys: required as never[] }) as unknown as fc.Arbitrary<T>;

const evidenceFrom = pick({ groups: ["quality"] }, { subjects: ["risk", "dev"] }, { scopes: ["policies:write"] });
const onRollback = pick("ASK", "SKIP");
const ifMissing = pick("FAIL", "PASS");

/** Freezes are given in seconds from the time at which the policy is applied. */
export type StepRule = Omit<RuleInput, "freeze"> & { readonly freeze?: { readonly from: number; readonly to: number } };

const rule: fc.Arbitrary<StepRule> = fc.oneof(
  loose({ minimumLength: pick(1, 3, 9), pattern: pick("[A-Z]+-[0-9]+", "ok.*"), onRollback }).map((reason) => ({
    reason,
  })),
  loose({ on: pick("MODEL", "VERSION"), key: pick(...KEYS), values: some(VALUES), evidenceFrom, onRollback }, [
    "key",
  ]).map((tag) => ({ tag })),
  loose({ name: pick("scan"), maxAgeSeconds: pick(1, 60), evidenceFrom, onRollback }, ["name"]).map((check) => ({
    check,
  })),
  loose({ key: pick("auc"), comparator: pick("GTE", "LT"), value: pick(0.8, 0), ifMissing, evidenceFrom, onRollback }, [
    "key",
    "comparator",
    "value",
  ]).map((metric) => ({ metric })),
  fc
    .tuple(
      loose(
        {
          key: pick("auc"),
          direction: pick("HIGHER_IS_BETTER", "LOWER_IS_BETTER"),
          ifMissing,
          evidenceFrom,
          onRollback,
        },
        ["key", "direction"],
      ),
      pick({}, { absoluteTolerance: 0.1 }, { relativeTolerance: 0.2 }),
    )
    .map(([given, tolerance]) => ({ metricAgainstHolder: { ...given, ...tolerance } })),
  pick("DIGEST", "SIGNATURE", "DESCRIPTION", "RUN").map((field) => ({ present: { field } })),
  pick({ runStatus: { in: ["FINISHED"] } }, { runStatus: { in: ["RUNNING", "FAILED"] } }),
  fc
    .tuple(
      pick({ stage: "STAGING" }, { stage: "ARCHIVED" }, { alias: "canary" }),
      loose({ held: pick("NOW", "EVER"), minimumSeconds: pick(0, 30), onRollback }),
    )
    .map(([place, given]) => ({ previous: { ...place, ...given } })),
  pick({ singleHolder: true }),
  fc
    .tuple(fc.nat(60), fc.integer({ min: 1, max: 200 }))
    .map(([from, length]) => ({ freeze: { from, to: from + length } })),
) as fc.Arbitrary<StepRule>;

const protection: fc.Arbitrary<PolicyProtectionInput> = loose({
  freezeDescription: fc.boolean(),
  freezeTags: fc.boolean(),
  reservedTags: fc.array(
    fc.record({ keys: some(["approved-*", "note", "*"]), from: pick({ subjects: ["risk"] }, { groups: ["build"] }) }),
    { minLength: 1, maxLength: 2 },
  ),
  movers: pick({ subjects: ["dev", "boss"] }, { groups: ["quality"] }),
});

export interface StepPolicy extends Omit<PolicyInput, "rules"> {
  readonly rules: readonly StepRule[];
}

export const POLICY: fc.Arbitrary<StepPolicy> = fc.record({
  name: pick(...POLICIES),
  mode: fc.oneof(
    { weight: 4, arbitrary: pick("ENFORCE") },
    { weight: 3, arbitrary: pick("EVALUATE", "EVALUATE", "OFF") },
  ),
  selector: loose({
    models: pick(["*"], ["fraud*"], ["*-a"], ["fraud-b", "churn-a"]),
    tags: pick(
      [{ key: "tier", values: ["high"] }],
      [
        { key: "tier", values: ["high", "low"] },
        { key: "region", values: ["eu"] },
      ],
    ),
  }),
  target: pick(
    { stages: ["PRODUCTION"] },
    { stages: ["STAGING", "PRODUCTION"] },
    { aliases: ["can*"] },
    { stages: ["PRODUCTION"], aliases: ["canary"] },
    { stages: ["PRODUCTION"], aliases: ["*"] },
  ),
  rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
  protection: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: protection }),
}) as unknown as fc.Arbitrary<StepPolicy>;
