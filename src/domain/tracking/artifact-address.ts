/** Where the server keeps artifacts of experiments that name no place of their own. */
export interface ArtifactLayout {
  /** A URI, with or without a slash at its end. */
  readonly root: string;
}

/** Artifacts go through this server's own endpoints, unless a setting says otherwise. */
export const DEFAULT_ARTIFACT_LAYOUT: ArtifactLayout = { root: "mlflow-artifacts:/" };

/** What of an experiment decides where its artifacts are. */
export interface ExperimentPlace {
  readonly number: number;
  readonly artifactRoot: string | null;
}

/** `<root>/<number>` as MLflow has it, or the place that the experiment names itself. */
export function experimentRoot({ root }: ArtifactLayout, { number, artifactRoot }: ExperimentPlace): string {
  return artifactRoot === null ? join(root, String(number)) : artifactRoot;
}

export function runArtifacts(layout: ArtifactLayout, experiment: ExperimentPlace, runId: string): string {
  return join(experimentRoot(layout, experiment), `${runId}/artifacts`);
}

export function loggedModelArtifacts(layout: ArtifactLayout, experiment: ExperimentPlace, modelId: string): string {
  return join(experimentRoot(layout, experiment), `models/${modelId}/artifacts`);
}

/** `mlflow-artifacts:` becomes `mlflow-artifacts:/…`: an address on whichever host the client speaks to. */
function join(root: string, path: string): string {
  return `${root.replace(/\/+$/, "")}/${path}`;
}
