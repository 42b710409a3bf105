import { useCommandServer } from "../../registry/command-server.js";
import { byNumber, move, point } from "../../security/governance/gate.js";
import type { As } from "../../support/server.js";

export const AUDITOR: As = { subject: "auditor", scopes: ["audit:read", "models:read", "runs:read"] };
const ADA: As = {
  subject: "ada",
  name: "Ada",
  scopes: [
    ...(["models:read", "models:write", "models:delete", "aliases:write", "runs:read", "runs:write"] as const),
    ...(["stages:staging", "stages:production", "stages:archived", "policies:override"] as const),
  ],
};
const RITA: As = { subject: "rita", name: "Rita", groups: ["risk"], scopes: ["models:read", "stages:approve"] };

const DATA = `{ name: "transactions", digest: "sha256:${"ab".repeat(32)}" }`;

/**
 * What happens in the years that an auditor asks about: a policy with a metric against the holder and approvals, an
 * approved promotion, an override, a rollback, an alias, a move that no policy guards, a renamed model, a deleted model and
 * a deleted run.
 */
export function useSmallHistory() {
  const commands = useCommandServer();
  const act = (mutation: string, as: As = ADA) => commands.mutate(`${mutation} { __typename }`, as);
  return {
    commands,
    act,

    async write(): Promise<void> {
      await act(`createExperiment(input: { name: "fraud-lab" })`);
      for (const [number, auc] of [
        [1, 0.91],
        [2, 0.94],
        [3, 0.5],
      ]) {
        await act(`createRun(input: { experiment: { name: "fraud-lab" }, runId: "run-${number}" })`);
        await act(`logInputs(input: { run: "run-${number}", datasets: [{ dataset: ${DATA}, context: "training" }] })`);
        await act(
          `logBatch(input: { run: "run-${number}", metrics: [{ key: "auc", value: ${auc} }, { key: "loss", value: 0.${number} }] })`,
        );
        await act(
          `createModelVersion(input: { model: { name: "fraud" }, createModel: true, source: "s3://models/fraud/${number}", run: "run-${number}" })`,
        );
      }
      // no policy guards anything yet
      await act(move("fraud", 1, "PRODUCTION", `, reason: "First release"`));
      await act(
        `applyPolicy(input: { name: "high-risk", selector: { models: ["fraud"] }, target: { stages: [PRODUCTION] }, rules: [
          { metricAgainstHolder: { key: "auc", direction: HIGHER_IS_BETTER, ifMissing: PASS } }, { approvals: { quorum: 1 } }] })`,
        {},
      );
      await this.promoteWithApproval(2);
      await act(
        move("fraud", 3, "PRODUCTION", `, archiveExisting: true, override: { reason: "The scanner is down, OPS-12" }`),
      );
      await act(
        `rollback(input: { model: { name: "fraud" }, target: { stage: PRODUCTION }, reason: "Worse, incident 4711" })`,
      );
      await act(point("champion", "fraud", 1));
      await act(point("champion", "fraud", 2, `, reason: "The best"`));
      await act(`renameModel(input: { model: { name: "fraud" }, newName: "risk" })`, {});
      await act(
        `createModelVersion(input: { model: { name: "gone" }, createModel: true, source: "s3://models/gone/1" })`,
      );
      await act(move("gone", 1, "STAGING"));
      await act(`deleteModel(input: { model: { name: "gone" }, force: true })`);
      await act(`logBatch(input: { run: "run-2", metrics: [{ key: "auc", value: 0.99, step: 5 }] })`);
      await act(`deleteRun(input: { run: "run-3", force: true })`);
    },

    async promoteWithApproval(number: number): Promise<void> {
      const target = `{ version: ${byNumber("fraud", number)}, target: { stage: PRODUCTION }, archiveExisting: true, reason: "Better recall" }`;
      const asked = await commands.mutate(`requestPromotion(input: ${target}) { request { id } }`, ADA);
      const { id } = asked.requestPromotion.request;
      await act(`approvePromotion(input: { request: "${id}", comment: "Fair." })`, RITA);
      await act(move("fraud", number, "PRODUCTION", `, archiveExisting: true, reason: "Better recall"`));
    },
  };
}
