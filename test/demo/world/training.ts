import type { Connection } from "../connection.js";
import { datasetOf, weekOf } from "./exports.js";
import { hashOf } from "./hash.js";
import type { WorldModel } from "./models.js";

const CREATE_RUN = /* GraphQL */ `
  mutation ($run: CreateRunInput!, $inputs: LogInputsInput!, $batch: LogBatchInput!, $finish: FinishRunInput!) {
    createRun(input: $run) { run { runId } }
    logInputs(input: $inputs) { run { id } }
    logBatch(input: $batch) { run { id } }
    finishRun(input: $finish) { run { id } }
  }
`;

const EPOCHS = 20;

/** A number from 0 to 1 that is the same in each run of the demo. */
export const chanceOf = (text: string) => Number.parseInt(hashOf(text).slice(0, 8), 16) / 0xffffffff;

/** How good the run with this number is: a little better each time, with a setback now and then. */
function qualityOf({ name, metric, reached, versions, isBetterHigher }: WorldModel, number: number): number {
  const left = (versions - number) / versions;
  const noise = (chanceOf(`${name} ${number} ${metric}`) - 0.5) * 0.03;
  return isBetterHigher ? reached * (1 - 0.2 * left ** 2 + noise) : reached * (1 + 0.5 * left ** 2 + noise);
}

/** Logs a finished run with its data, params and curves. Returns its id. */
export async function train(server: Connection, model: WorldModel, number: number): Promise<string> {
  const run = hashOf(`run ${model.name} ${number}`).slice(0, 32);
  const final = qualityOf(model, number);
  const depth = 4 + Math.floor(chanceOf(`${run} depth`) * 6);
  const steps = Array.from({ length: EPOCHS }, (_, step) => {
    const learned = 1 - Math.exp((-(step + 1) * 5) / EPOCHS);
    return [
      { key: model.metric, step, value: model.isBetterHigher ? final * learned : final / learned },
      { key: "loss", step, value: 0.7 * Math.exp((-step * 3) / EPOCHS) + 0.08 + 0.02 * chanceOf(`${run} ${step}`) },
    ];
  });
  await server.request(CREATE_RUN, {
    run: {
      ...{ runId: run, name: `${model.name} #${number}`, experiment: { name: model.name }, createExperiment: true },
      gitCommit: hashOf(`commit ${run}`).slice(0, 40),
      params: [
        { key: "learning_rate", value: String([0.1, 0.05, 0.03, 0.01][number % 4]) },
        { key: "max_depth", value: String(depth) },
        { key: "trees", value: String(100 * (1 + (number % 5))) },
      ],
    },
    inputs: {
      run,
      datasets: [
        {
          dataset: {
            ...datasetOf(model, weekOf(number)),
            source: `s3://data/${model.dataset}/${weekOf(number)}`,
          },
          context: "training",
        },
      ],
    },
    batch: {
      run,
      metrics: [...steps.flat(), { key: "latency_ms", value: 8 + Math.round(30 * chanceOf(`${run} ms`)) }],
    },
    finish: { run },
  });
  return run;
}
