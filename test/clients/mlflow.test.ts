import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { block } from "../docs/blocks.js";
import { LONG_MS, mlflow3, runPython, titled } from "../mlflow/setup/client-python.js";
import { type Registry, startRegistry } from "./registry.js";

const programOf = (name: string) => fileURLToPath(new URL(`../mlflow/${name}`, import.meta.url));
const documented = (name: string) => ["-c", block("src/mlflow/README.md", name)];

describe.runIf(mlflow3)(titled("MLflow's own client", mlflow3), () => {
  let registry: Registry;
  let uri: string;
  beforeAll(async () => {
    registry = await startRegistry();
    uri = registry.url.replace("/graphql", "/mlflow");
  });
  afterAll(() => registry?.stop());

  const tracked = (env: Record<string, string> = {}) => ({
    MLFLOW_TRACKING_URI: uri,
    MLFLOW_TRACKING_TOKEN: registry.token,
    ...env,
  });

  test(
    "registers, searches, moves and loads versions, with the token as bearer, as password and in the address",
    async () => {
      const { token } = registry;
      for (const [model, address, env] of [
        ["bearer", uri, { MLFLOW_TRACKING_TOKEN: token }],
        ["basic", uri, { MLFLOW_TRACKING_USERNAME: "ci", MLFLOW_TRACKING_PASSWORD: token }],
        ["url", uri.replace("://", `://token:${token}@`), { MLFLOW_TRACKING_TOKEN: "of another server" }],
      ] as const) {
        const out = await runPython(mlflow3, [programOf("registry_client.py")], {
          MODEL: model,
          MLFLOW_REGISTRY_URI: address,
          ...env,
        });
        expect(out).toMatch(/^registry [\d.]+ ok$/m);
      }
    },
    LONG_MS,
  );

  test(
    "trains, logs, registers, loads and uses a model",
    async () => {
      const out = await runPython(mlflow3, [programOf("logged-models/client.py")], tracked({ MODEL: "trained" }));
      expect(out).toMatch(/^logged models [\d.]+ ok$/m);
    },
    LONG_MS,
  );

  test("stores, lists, reads and deletes files", async () => {
    const query =
      'mutation { createRun(input: { experiment: { name: "e" }, createExperiment: true, runId: "r1" }) { run { experiment { number } } } }';
    const { createRun } = await registry.data(query);
    const place = `${createRun.run.experiment.number}/r1/artifacts`;
    const out = await runPython(mlflow3, [programOf("artifact_client.py")], tracked({ PLACE: place }));
    expect(out).toMatch(/^artifacts [\d.]+ ok$/m);
  });

  test("tracks experiments, runs, params, metrics and datasets", async () => {
    const out = await runPython(mlflow3, [programOf("tracking_client.py")], tracked({ EXPERIMENT: "client" }));
    expect(out).toMatch(/^tracking [\d.]+ ok$/m);
  });

  test(
    "the documented training program needs two exports",
    async () => {
      expect(await runPython(mlflow3, documented("train.py"), tracked())).toMatch(/^\[30\.\s*\]$/m);
    },
    LONG_MS,
  );

  test("the documented program of a team that keeps its tracking server works", async () => {
    const env = { MLFLOW_REGISTRY_URI: uri, MLFLOW_TRACKING_URI: "http://127.0.0.1:9" };
    expect(await runPython(mlflow3, documented("register.py"), tracked(env))).toBe("Production\n");
  });
});
