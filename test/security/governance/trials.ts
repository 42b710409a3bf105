import { expect } from "vitest";
import { useCommandServer } from "../../registry/command-server.js";
import type { As } from "../../support/server.js";
import { all, move, PIPELINE, register } from "./gate.js";

const FROM = `evidenceFrom: { groups: ["evaluation"], issuers: ["https://issuer.test"] }`;
const RULES = {
  metric: `metric: { key: "auc", comparator: GTE, value: 0.9, ifMissing: PASS, ${FROM} }`,
  holder: `metricAgainstHolder: { key: "auc", direction: HIGHER_IS_BETTER, ifMissing: PASS, ${FROM} }`,
  tagged: `tag: { key: "approved", values: ["yes"], ${FROM} }`,
  on_model: `tag: { on: MODEL, key: "approved", values: ["yes"], ${FROM} }`,
} as const;

export const EVALUATOR: As = { ...PIPELINE, subject: "evaluator", groups: ["evaluation"] };
/** The run's creator, among others. */
export const STRANGERS: readonly As[] = [
  PIPELINE,
  { ...EVALUATOR, groups: ["Evaluation", "evaluation2"] },
  { ...PIPELINE, scopes: ["admin"] },
];
export const FOREIGN = "by somebody whose evidence does not count";

/** A version and its run. */
interface Trial {
  readonly model: string;
  readonly number: number;
  readonly run: string;
}

export const onto = ({ model, number }: Trial) => move(model, number, "PRODUCTION", "archiveExisting: true");

/** A server with a policy for each of the rules, which all count evidence from one group only, and two datasets, a and b. */
export function useTrials() {
  const policies = Object.entries(RULES).map(
    ([name, rule]) =>
      `${name}: applyPolicy(input: { name: "${name}", selector: { models: ["${name}*"] }, target: { stages: [PRODUCTION] }, rules: [{ ${rule} }] }) { revision }`,
  );
  const datasets = ["a", "b"].map(
    (name) => `${name}: registerDataset(input: { name: "${name}", digest: "${name}" }) { created }`,
  );
  const seed = [`createExperiment(input: { name: "lab" }) { experiment { id } }`, ...policies, ...datasets];
  const commands = useCommandServer(seed.join("\n"));
  let count = 0;
  return {
    commands,

    /** A version with a run of its own, of a model that the rule is about. */
    async arrange(rule: keyof typeof RULES, model = `${rule}-${count++}`): Promise<Trial> {
      const { createRun } = await commands.mutate(
        `createRun(input: { experiment: { name: "lab" } }) { run { id } }`,
        PIPELINE,
      );
      const run = createRun.run.id;
      const created = await commands.mutate(
        `${register(model, `, run: "${run}"`)} { modelVersion { number } }`,
        PIPELINE,
      );
      return { model, number: created.createModelVersion.modelVersion.number, run };
    },

    async log({ run }: Trial, value: number, as: As, { step = 0, dataset = "" } = {}): Promise<void> {
      const on = dataset && `, dataset: { identity: { name: "${dataset}", digest: "${dataset}" } }`;
      const metric = `{ key: "auc", value: ${value}, step: ${step}, timestamp: "2026-01-01T00:00:00Z" ${on} }`;
      await commands.mutate(all(`logBatch(input: { run: "${run}", metrics: [${metric}] })`), as);
    },

    /** Fails unless the promotion is refused for this reason. */
    async refuse(trial: Trial, why: string): Promise<void> {
      const { code, message } = await commands.refusalOf(onto(trial), PIPELINE);
      expect(code).toBe("POLICY_NOT_MET");
      expect(message).toContain(why);
    },

    async promote(trial: Trial): Promise<void> {
      await commands.mutate(all(onto(trial)), PIPELINE);
    },
  };
}
