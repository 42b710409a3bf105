import type { As } from "../../support/server.js";

/**
 * What a token may see, as plain sets over the facts of the seeded world and without any code of src/. `names` are all
 * names that an object ever had, the current one last. Only events show the former names.
 */
export type Rule = (viewer: As) => boolean;

export interface ModelFacts {
  readonly names: readonly string[];
  readonly isDeleted?: boolean;
}
export interface ExperimentFacts {
  readonly names: readonly string[];
  readonly isDeleted?: boolean;
}
export interface RunFacts {
  readonly experiment: ExperimentFacts;
  /** The models of the living versions that it made or read. */
  readonly versionsOf: readonly ModelFacts[];
  readonly isDeleted?: boolean;
}
export interface DatasetFacts {
  /** The runs that read it, made it or were measured on it. */
  readonly runs: readonly RunFacts[];
  readonly isDeleted?: boolean;
}
export interface DeploymentFacts {
  readonly model: ModelFacts;
  readonly environment: string;
}

export const any = (...rules: Rule[]): Rule => {
  return (viewer) => rules.some((rule) => rule(viewer));
};
export const all = (...rules: Rule[]): Rule => {
  return (viewer) => rules.every((rule) => rule(viewer));
};
export const holds = (...scopes: string[]): Rule => {
  return (viewer) => scopes.some((scope) => (viewer.scopes ?? []).some((held) => held === scope || held === "admin"));
};
export const is = (subject: string): Rule => {
  return (viewer) => viewer.subject === subject;
};
/** For `admin` without any claim that restricts it. */
export const everything: Rule = (viewer) =>
  holds("admin")(viewer) &&
  [viewer.models, viewer.experiments, viewer.environments].every((claim) => claim === undefined);

function matches(globs: unknown, names: readonly string[]): boolean {
  if (globs === undefined) return true;
  return (globs as string[]).some((glob) => {
    const parts = glob.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return names.some((name) => new RegExp(`^${parts.join(".*")}$`, "su").test(name));
  });
}
const currentOf = (names: readonly string[]) => names.slice(-1);

const coversModel = (model: ModelFacts, names: readonly string[] = currentOf(model.names)): Rule => {
  return (viewer) => matches(viewer.models, names);
};
/** The `experiments` claim restricts runs. Without one, a `models` claim restricts them to the runs of visible versions. */
const coversRun = (run: RunFacts, names: readonly string[] = currentOf(run.experiment.names)): Rule => {
  return (viewer) => {
    if (viewer.experiments !== undefined || viewer.models === undefined) return matches(viewer.experiments, names);
    return run.versionsOf.some((model) => !model.isDeleted && coversModel(model)(viewer));
  };
};
const isLivingRun = (run: RunFacts) => !run.isDeleted && !run.experiment.isDeleted;
const coversAllRuns: Rule = ({ models, experiments }) => models === undefined && experiments === undefined;
const coversDataset = (dataset: DatasetFacts): Rule => {
  return any(coversAllRuns, ...dataset.runs.filter(isLivingRun).map((run) => coversRun(run)));
};
const coversEnvironment = (environment: string): Rule => {
  return (viewer) => matches(viewer.environments, [environment]);
};

/** The rules for objects. */
export const live = {
  model: (model: ModelFacts) => all(holds("models:read"), coversModel(model)),
  experiment: (experiment: ExperimentFacts, runs: readonly RunFacts[]): Rule => {
    return all(holds("runs:read"), (viewer) => {
      if (viewer.experiments !== undefined || viewer.models === undefined)
        return matches(viewer.experiments, currentOf(experiment.names));
      return runs.some((run) => run.experiment === experiment && !run.isDeleted && coversRun(run)(viewer));
    });
  },
  run: (run: RunFacts) => all(holds("runs:read"), coversRun(run)),
  dataset: (dataset: DatasetFacts) => all(holds("runs:read"), coversDataset(dataset)),
  deployment: ({ model, environment }: DeploymentFacts) => all(live.model(model), coversEnvironment(environment)),
  webhook: (owner: string) => all(holds("webhooks:write"), any(is(owner), everything)),
  revocation: everything,
};

/** The rules for their events and the audit trail, with the names at that time. `audit:read` covers every reading scope. */
export const inEvents = {
  model: (model: ModelFacts) => all(holds("models:read", "audit:read"), coversModel(model, model.names)),
  experiment: (experiment: ExperimentFacts): Rule => {
    return all(holds("runs:read", "audit:read"), ({ models, experiments }) =>
      experiments === undefined ? models === undefined : matches(experiments, experiment.names),
    );
  },
  run: (run: RunFacts) => all(holds("runs:read", "audit:read"), coversRun(run, run.experiment.names)),
  dataset: (dataset: DatasetFacts) => all(holds("runs:read", "audit:read"), coversDataset(dataset)),
  deployment: ({ model, environment }: DeploymentFacts) => all(inEvents.model(model), coversEnvironment(environment)),
  lineage: all(any(holds("audit:read"), all(holds("models:read"), holds("runs:read"))), coversAllRuns),
  /** Also for an auditor without claims, who may read everything. */
  webhook: all(holds("audit:read", "admin"), ({ models, experiments, environments }) =>
    [models, experiments, environments].every((claim) => claim === undefined),
  ),
};

/** What requires `artifacts:read`, except for its creator. */
export const artifact = (rule: Rule, creator: string) =>
  any(all(rule, any(holds("artifacts:read", "audit:read"), is(creator))));
