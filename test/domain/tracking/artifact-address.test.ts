import { expect, test } from "vitest";
import {
  DEFAULT_ARTIFACT_LAYOUT,
  experimentRoot,
  loggedModelArtifacts,
  runArtifacts,
} from "../../../src/domain/tracking/artifact-address.js";

const shared = { number: 3, artifactRoot: null };

test("addresses are MLflow's, below the root of the server or the experiment's own", () => {
  const s3 = { root: "s3://bucket/mlflow/" };
  const own = { number: 3, artifactRoot: "gs://other" };
  expect(
    [
      [DEFAULT_ARTIFACT_LAYOUT, shared] as const,
      [{ root: "mlflow-artifacts:" }, { ...shared, number: 0 }] as const,
      [s3, shared] as const,
      [s3, own] as const,
    ].map(([layout, experiment]) => [
      experimentRoot(layout, experiment),
      runArtifacts(layout, experiment, "aa0d"),
      loggedModelArtifacts(layout, experiment, "m-1f2e"),
    ]),
  ).toMatchInlineSnapshot(`
    [
      [
        "mlflow-artifacts:/3",
        "mlflow-artifacts:/3/aa0d/artifacts",
        "mlflow-artifacts:/3/models/m-1f2e/artifacts",
      ],
      [
        "mlflow-artifacts:/0",
        "mlflow-artifacts:/0/aa0d/artifacts",
        "mlflow-artifacts:/0/models/m-1f2e/artifacts",
      ],
      [
        "s3://bucket/mlflow/3",
        "s3://bucket/mlflow/3/aa0d/artifacts",
        "s3://bucket/mlflow/3/models/m-1f2e/artifacts",
      ],
      [
        "gs://other",
        "gs://other/aa0d/artifacts",
        "gs://other/models/m-1f2e/artifacts",
      ],
    ]
  `);
});
