import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { block } from "../docs/blocks.js";
import { type Registry, startRegistry } from "./registry.js";

const program = fileURLToPath(new URL("../mlflow/registry_client.py", import.meta.url));
const trains = fileURLToPath(new URL("../mlflow/logged-models/client.py", import.meta.url));
const files = fileURLToPath(new URL("../mlflow/artifact_client.py", import.meta.url));
const tracking = fileURLToPath(new URL("../mlflow/tracking_client.py", import.meta.url));
const run = promisify(execFile);
/** Importing scikit-learn and pandas takes a minute on a busy machine. */
const LONG_MS = 600_000;

/** The Python of a venv with scikit-learn and `mlflow==3.17.2` or `mlflow==2.22.5`: half a gigabyte, which the setup does not install. */
const python = process.env.MLFLOW_PYTHON;
const name = python
  ? "MLflow's own client"
  : "MLflow's own client: skipped, MLFLOW_PYTHON names no Python that has mlflow";

describe.runIf(python)(name, () => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.stop());

  const use = (model: string, registryUri: string, env: Record<string, string>) =>
    run(python ?? "", ["-W", "ignore", program], {
      env: {
        PATH: process.env.PATH,
        MODEL: model,
        MLFLOW_REGISTRY_URI: registryUri,
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1",
        ...env,
      },
    });

  test("registers, searches, moves and loads versions, with the token as bearer, as password and in the address", async () => {
    const uri = registry.url.replace("/graphql", "/mlflow");
    const { token } = registry;
    for (const [model, address, env] of [
      ["bearer", uri, { MLFLOW_TRACKING_TOKEN: token }],
      ["basic", uri, { MLFLOW_TRACKING_USERNAME: "ci", MLFLOW_TRACKING_PASSWORD: token }],
      ["url", uri.replace("://", `://token:${token}@`), { MLFLOW_TRACKING_TOKEN: "of another server" }],
    ] as const) {
      expect((await use(model, address, env)).stdout).toMatch(/^registry [\d.]+ ok$/m);
    }
  });

  test(
    "trains, logs, registers, loads and uses a model",
    async () => {
      const env = {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        MODEL: "trained",
        MLFLOW_TRACKING_URI: registry.url.replace("/graphql", "/mlflow"),
        MLFLOW_TRACKING_TOKEN: registry.token,
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1",
      };
      const { stdout } = await run(python ?? "", ["-W", "ignore", trains], { env, timeout: LONG_MS });
      expect(stdout).toMatch(/^logged models [\d.]+ ok$/m);
    },
    LONG_MS,
  );
  test("stores, lists, reads and deletes files", async () => {
    const query =
      'mutation { createRun(input: { experiment: { name: "e" }, createExperiment: true, runId: "r1" }) { run { experiment { number } } } }';
    const { createRun } = await registry.data(query);
    const { stdout } = await run(python ?? "", ["-W", "ignore", files], {
      env: {
        PATH: process.env.PATH,
        PLACE: `${createRun.run.experiment.number}/r1/artifacts`,
        MLFLOW_TRACKING_URI: registry.url.replace("/graphql", "/mlflow"),
        MLFLOW_TRACKING_TOKEN: registry.token,
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1",
      },
    });
    expect(stdout).toMatch(/^artifacts [\d.]+ ok$/m);
  });

  test("tracks experiments, runs, params, metrics and datasets", async () => {
    const env = {
      PATH: process.env.PATH,
      EXPERIMENT: "client",
      MLFLOW_TRACKING_URI: registry.url.replace("/graphql", "/mlflow"),
      MLFLOW_TRACKING_TOKEN: registry.token,
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1",
      GIT_PYTHON_REFRESH: "quiet",
    };
    const { stdout } = await run(python ?? "", ["-W", "ignore", tracking], { env });
    expect(stdout).toMatch(/^tracking [\d.]+ ok$/m);
    const documented = block("src/mlflow/README.md", "track.py");
    expect((await run(python ?? "", ["-W", "ignore", "-c", documented], { env })).stdout).toMatch(/^0\.1$/m);
  });

  test("the documented program works", async () => {
    const env = {
      PATH: process.env.PATH,
      MLFLOW_TRACKING_URI: "http://127.0.0.1:9",
      MLFLOW_REGISTRY_URI: registry.url.replace("/graphql", "/mlflow"),
      MLFLOW_TRACKING_TOKEN: registry.token,
    };
    const { stdout } = await run(python ?? "", ["-W", "ignore", "-c", block("src/mlflow/README.md", "register.py")], {
      env,
    });
    expect(stdout).toBe("Production\n");
  });
});
