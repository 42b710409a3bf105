import fc from "fast-check";
import { STAGES } from "../../../src/domain/versions/stage.js";
import { WHO, type Who } from "./actors.js";
import { KEYS, POLICIES, POLICY, pick, VALUES } from "./policies.js";

const ALIASES = ["canary", "can-2", "champion"] as const;
const AUC = [0.5, 0.8, 0.9, 0, -1, Number.NaN, Number.POSITIVE_INFINITY] as const;

const model = pick("fraud-a", "fraud-a", "fraud-a", "fraud-a", "fraud-a", "fraud-b", "fraud-b", "churn-a");
const number = pick(1, 1, 2, 2, 3);
const tags = fc.uniqueArray(fc.record({ key: pick(...KEYS), value: pick(...VALUES) }), {
  maxLength: 1,
  selector: ({ key }) => key,
});
const alias = pick("canary", "canary", ...ALIASES);
const reason = pick(null, "RISK-12", "ok then", "because it is better");
const override = pick(null, null, null, null, "It is on fire");
const move = { model, number, reason, override };
/** Mostly those that have the right, so that few steps end before they come to a gate. */
const mostly = (...those: readonly Who[]): fc.Arbitrary<Who> =>
  fc.oneof({ weight: 5, arbitrary: pick(...those) }, { weight: 1, arbitrary: pick(...WHO) });
const [ruler, mover, writer, deleter] = [
  mostly("risk", "boss"),
  mostly("dev", "dev", "oncall", "boss"),
  mostly("dev", "risk"),
  mostly("dev", "boss"),
];

const step = <const K extends string, T extends object>(
  weight: number,
  kind: K,
  who: fc.Arbitrary<Who>,
  members: { [M in keyof T]: fc.Arbitrary<T[M]> },
) => ({
  weight,
  arbitrary: fc.record({
    do: fc.constant(kind),
    who,
    wait: fc.integer({ min: 1, max: 40 }),
    ...members,
  }) as unknown as fc.Arbitrary<{ do: K; who: Who; wait: number } & T>,
});

const ANY_STEP = fc.oneof(
  step(3, "apply", ruler, { policy: POLICY }),
  step(1, "deletePolicy", ruler, { policy: pick(...POLICIES) }),
  step(4, "tagModel", writer, { model, key: pick(...KEYS), value: fc.option(pick(...VALUES)) }),
  step(3, "tagVersion", writer, { model, number, key: pick(...KEYS), value: fc.option(pick(...VALUES)) }),
  step(2, "rename", writer, { model, name: model }),
  step(1, "registerModel", writer, { model, tags }),
  step(4, "create", writer, { model, tags, aliases: fc.subarray([...ALIASES], { maxLength: 1 }) }),
  step(5, "report", mostly("dev", "bench"), {
    model,
    number,
    status: pick("PASSED", "PASSED", "FAILED", "PENDING"),
    expires: fc.option(pick(20, 500)),
  }),
  step(4, "log", mostly("dev", "bench"), { model, number, value: pick(...AUC) }),
  step(2, "describe", writer, { model, number, text: pick("", "good") }),
  step(20, "promote", mover, {
    ...move,
    to: fc.oneof({ weight: 4, arbitrary: pick("PRODUCTION") }, pick(...STAGES)),
    replaces: fc.boolean(),
  }),
  step(10, "setAlias", mover, { ...move, alias }),
  step(2, "deleteAlias", mover, { model, alias }),
  step(9, "rollback", mover, {
    model,
    to: pick("PRODUCTION", "PRODUCTION", "@canary", "@canary", "STAGING", "@can-2"),
    reason,
    override,
  }),
  step(2, "deleteVersion", deleter, { model, number, force: fc.boolean() }),
  step(3, "restoreVersion", deleter, { model, number }),
  step(1, "deleteModel", deleter, { model, force: fc.boolean() }),
  step(1, "restoreModel", deleter, { name: fc.option(model) }),
);

export type Step = typeof ANY_STEP extends fc.Arbitrary<infer S> ? S : never;
export type StepOf<K extends Step["do"]> = Extract<Step, { do: K }>;

/** Three versions of each of two models, and a gate, so that few steps are lost on what does not exist. */
const START = fc.tuple(
  POLICY,
  fc.array(fc.record({ auc: fc.option(pick(...AUC)), by: pick("dev", "bench"), ends: pick("FINISHED", null) }), {
    minLength: 5,
    maxLength: 5,
  }),
);

export const HISTORY = fc.record({ start: START, steps: fc.array(ANY_STEP, { minLength: 8, maxLength: 30 }) });
export type History = typeof HISTORY extends fc.Arbitrary<infer H> ? H : never;
