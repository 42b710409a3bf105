import type { COMMAND_SCOPE, Scope } from "../../../src/domain/access/scopes.js";
import type { TestServer } from "../../support/server.js";

type Scopes = typeof COMMAND_SCOPE;

/** The commands on experiments, runs, datasets, lineage and deployments. */
export type TrackingCommand = {
  [Command in keyof Scopes]: Scopes[Command] extends Extract<Scope, "runs:write" | "deployments:write">
    ? Command
    : never;
}[keyof Scopes];

export interface TrackingSeed {
  /** The names of the experiment, run, dataset and model of this seed. */
  readonly name: string;
  readonly experimentId: string;
  readonly datasetId: string;
  readonly loggedModelId: string;
  /** That of a deleted one. */
  readonly goneLoggedModelId: string;
}

let seeds = 0;

/** A run that read a dataset and made version 1, which is deployed; also a deleted experiment, run and dataset. */
export async function seedTracking(server: TestServer, name = `track-${++seeds}`): Promise<TrackingSeed> {
  const made = await server.data(
    `mutation {
      e: createExperiment(input: {name: "${name}"}) { experiment { id } }
      run: createRun(input: {experiment: {name: "${name}"}, runId: "${name}", tags: [{key: "team", value: "risk"}]}) { run { id } }
      d: registerDataset(input: {name: "${name}", digest: "1", source: "s3://secret/${name}"}) { dataset { id } }
      spare: registerDataset(input: {name: "${name}", digest: "spare"}) { created }
      inputs: logInputs(input: {run: "${name}", datasets: [{dataset: {name: "${name}", digest: "1"}}]}) { run { id } }
      v: createModelVersion(input: {model: {name: "${name}"}, createModel: true, source: "s3://b/1", run: "${name}"}) { modelVersion { id } }
      w: createModelVersion(input: {model: {name: "${name}"}, source: "s3://b/2"}) { modelVersion { id } }
      edge: addLineage(input: {from: {modelVersion: {number: {model: "${name}", number: 1}}}, to: {modelVersion: {number: {model: "${name}", number: 2}}}}) { created }
      served: reportDeployment(input: {environment: "prod", endpoint: "e", model: {name: "${name}"}, state: RUNNING, running: [{version: {number: {model: "${name}", number: 1}}}]}) { applied }
      lone: createRun(input: {experiment: {name: "${name}"}, runId: "${name}-lone"}) { run { id } }
      gone: createRun(input: {experiment: {name: "${name}"}, runId: "${name}-gone"}) { run { id } }
      delete: deleteRun(input: {run: "${name}-gone"}) { deletedId }
      logged: createLoggedModel(input: {experiment: {name: "${name}"}, name: "${name}"}) { loggedModel { loggedModelId } }
      goneLogged: createLoggedModel(input: {experiment: {name: "${name}"}, name: "${name}-gone"}) { loggedModel { loggedModelId } }
      bare: createExperiment(input: {name: "${name}-bare"}) { created }
    }`,
  );
  const { loggedModelId } = made.logged.loggedModel;
  const { loggedModelId: goneLoggedModelId } = made.goneLogged.loggedModel;
  await server.data(`mutation { deleteLoggedModel(input: {loggedModel: "${goneLoggedModelId}"}) { deletedId } }`);
  const ids = { experimentId: made.e.experiment.id, datasetId: made.d.dataset.id, loggedModelId, goneLoggedModelId };
  return { name, ...ids };
}

const nth = (name: string, number: number) => `{number: {model: "${name}", number: ${number}}}`;

/** Each command, applied to a seed. */
export const TRACKING_COMMANDS = {
  createExperiment: ({ name }) => `createExperiment(input: {name: "${name}-new"})`,
  updateExperiment: ({ name }) => `updateExperiment(input: {experiment: {name: "${name}"}, description: "Mine."})`,
  deleteExperiment: ({ name }) => `deleteExperiment(input: {experiment: {name: "${name}-bare"}})`,
  restoreExperiment: ({ experimentId }) => `restoreExperiment(input: {id: "${experimentId}"})`,
  createRun: ({ name }) => `createRun(input: {experiment: {name: "${name}"}})`,
  updateRun: ({ name }) => `updateRun(input: {run: "${name}", name: "Mine."})`,
  finishRun: ({ name }) => `finishRun(input: {run: "${name}"})`,
  deleteRun: ({ name }) => `deleteRun(input: {run: "${name}-lone"})`,
  restoreRun: ({ name }) => `restoreRun(input: {run: "${name}-gone"})`,
  logBatch: ({ name }) => `logBatch(input: {run: "${name}", metrics: [{key: "auc", value: 0.5}]})`,
  logInputs: ({ name }) => `logInputs(input: {run: "${name}", datasets: [{dataset: {name: "${name}", digest: "2"}}]})`,
  logOutputs: ({ name }) => `logOutputs(input: {run: "${name}", datasets: [{name: "${name}", digest: "3"}]})`,
  createLoggedModel: ({ name }) => `createLoggedModel(input: {experiment: {name: "${name}"}})`,
  finalizeLoggedModel: ({ loggedModelId }) =>
    `finalizeLoggedModel(input: {loggedModel: "${loggedModelId}", status: READY})`,
  logLoggedModelParams: ({ loggedModelId }) =>
    `logLoggedModelParams(input: {loggedModel: "${loggedModelId}", params: [{key: "lr", value: "1"}]})`,
  deleteLoggedModel: ({ loggedModelId }) => `deleteLoggedModel(input: {loggedModel: "${loggedModelId}"})`,
  restoreLoggedModel: ({ goneLoggedModelId }) => `restoreLoggedModel(input: {loggedModel: "${goneLoggedModelId}"})`,
  registerDataset: ({ name }) => `registerDataset(input: {name: "${name}", digest: "new"})`,
  deleteDataset: ({ name }) => `deleteDataset(input: {dataset: {identity: {name: "${name}", digest: "spare"}}})`,
  restoreDataset: ({ datasetId }) => `restoreDataset(input: {id: "${datasetId}"})`,
  setTrackingTag: ({ name }) => `setTag(input: {on: {run: "${name}"}, key: "team", value: "mine"})`,
  addLineage: ({ name }) =>
    `addLineage(input: {from: {dataset: {identity: {name: "${name}", digest: "1"}}}, to: {modelVersion: ${nth(name, 2)}}})`,
  removeLineage: ({ name }) =>
    `removeLineage(input: {from: {modelVersion: ${nth(name, 1)}}, to: {modelVersion: ${nth(name, 2)}}})`,
  reportDeployment: ({ name }) =>
    `reportDeployment(input: {environment: "prod", endpoint: "e", model: {name: "${name}"}, state: FAILED, running: []})`,
  removeDeployment: ({ name }) =>
    `removeDeployment(input: {environment: "prod", endpoint: "e", model: {name: "${name}"}})`,
} as const satisfies Record<TrackingCommand, (seed: TrackingSeed) => string>;
