import { test } from "vitest";
import { all, onModel, onVersion, PIPELINE, tagged } from "./gate.js";
import { EVALUATOR, FOREIGN, STRANGERS, useTrials } from "./trials.js";

const { commands, arrange, log, refuse, promote } = useTrials();
const forget = (table: string, column: string) =>
  commands.server.database.pool.query(`UPDATE "${table}" SET "${column}" = NULL`);

test("a metric by the wrong author is none, and hides nothing", async () => {
  for (const stranger of STRANGERS) {
    const version = await arrange("metric");
    await log(version, 0.99, stranger);
    await refuse(version, FOREIGN);
    await log(version, 0.5, EVALUATOR, { step: 1 });
    await refuse(version, "is not at least 0.9");
    // the latest value of a series is a stranger's again, by a later step, then by a higher value at the same one
    await log(version, 0.99, stranger, { step: 2 });
    await refuse(version, FOREIGN);
    await log(version, 0.5, EVALUATOR, { step: 3 });
    await log(version, 0.99, stranger, { step: 3 });
    await refuse(version, FOREIGN);
    await log(version, 0.95, EVALUATOR, { step: 4 });
    // nor by a series on a dataset of his own
    await log(version, 0.99, stranger, { dataset: "b" });
    await refuse(version, FOREIGN);
    await log(version, 0.95, EVALUATOR, { step: 1, dataset: "b" });
    await promote(version);
  }
});

test("a value that was there already keeps its author", async () => {
  const version = await arrange("metric");
  await log(version, 0.99, PIPELINE);
  await log(version, 0.99, EVALUATOR);
  await refuse(version, FOREIGN);
});

test("an unknown author counts for nobody", async () => {
  const version = await arrange("metric");
  await log(version, 0.99, EVALUATOR);
  await forget("MetricSeries", "authorId");
  await refuse(version, FOREIGN);
  for (const kind of ["tagged", "on_model"] as const) {
    const other = await arrange(kind);
    const on = kind === "tagged" ? onVersion(other.model, other.number) : onModel(other.model);
    await commands.mutate(all(tagged(on, "approved", "yes")), EVALUATOR);
    await forget(kind === "tagged" ? "ModelVersionTag" : "ModelTag", "setById");
    await refuse(other, FOREIGN);
  }
});

test.each(["tagged", "on_model"] as const)("%s: a tag by the wrong author", async (kind) => {
  const version = await arrange(kind);
  const on = kind === "tagged" ? onVersion(version.model, version.number) : onModel(version.model);
  for (const stranger of STRANGERS) {
    await commands.mutate(all(tagged(on, "approved", "yes")), stranger);
    await refuse(version, FOREIGN);
    await commands.mutate(all(tagged(on, "approved", "no")), EVALUATOR);
    await refuse(version, "is not allowed");
  }
  await commands.mutate(all(tagged(on, "approved", "yes")), EVALUATOR);
  await commands.mutate(all(tagged(on, "approved", "yes")), PIPELINE);
  await promote(version);
});
