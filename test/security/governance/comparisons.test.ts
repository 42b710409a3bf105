import { expect, test } from "vitest";
import { all, byNumber, PIPELINE } from "./gate.js";
import { EVALUATOR, FOREIGN, useTrials } from "./trials.js";

const { commands, arrange, log, refuse, promote } = useTrials();

test("a stranger does not make a worse version pass against the holder", async () => {
  const first = await arrange("holder");
  await log(first, 0.9, EVALUATOR, { dataset: "a" });
  await promote(first);
  const worse = await arrange("holder", first.model);
  await log(worse, 0.5, EVALUATOR, { dataset: "a" });
  await refuse(worse, "is worse than the current holder's");
  await log(first, 0.1, PIPELINE, { step: 1, dataset: "a" });
  await refuse(worse, `The current holder's metric "auc" was logged ${FOREIGN}`);

  // on a dataset that the holder was not measured on: nor through a value that a stranger logs for the holder
  const elsewhere = await arrange("holder", first.model);
  await log(elsewhere, 0.5, EVALUATOR, { dataset: "b" });
  await refuse(elsewhere, 'no metric "auc" on a dataset of the holder\'s');
  await log(first, 0.1, PIPELINE, { dataset: "b" });
  await refuse(elsewhere, FOREIGN);
});

test("deleting a run does not make its metrics missing", async () => {
  const remove = (run: string) => commands.mutate(all(`deleteRun(input: { run: "${run}", force: true })`), PIPELINE);
  const bad = await arrange("metric");
  await log(bad, 0.1, EVALUATOR);
  await remove(bad.run);
  await refuse(bad, "The version's run is deleted");
  const first = await arrange("holder");
  await log(first, 0.9, EVALUATOR);
  await promote(first);
  const worse = await arrange("holder", first.model);
  await log(worse, 0.5, EVALUATOR);
  await remove(first.run);
  await refuse(worse, "The run of the current holder is deleted");
  await commands.mutate(all(`restoreRun(input: { run: "${first.run}" })`), PIPELINE);
  await refuse(worse, "is worse than the current holder's");
  const { previewPromotion } = await commands.data(
    `{ previewPromotion(version: ${byNumber(worse.model, worse.number)}, target: { stage: PRODUCTION }) { allowed } }`,
  );
  expect(previewPromotion).toEqual({ allowed: false });
});
