import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Registry, startRegistry } from "../../clients/registry.js";
import { type Ended, LONG_MS, mlflow2, mlflow3, runPrograms, titled } from "../setup/client-python.js";
import { startMlflowServer } from "../setup/mlflow-server.js";
import { startCuttingProxy } from "./cutting-proxy.js";
import { watchEvents, watchWebhook } from "./watchers.js";

/** One after the other: they share the server and the machine. */
const PROGRAMS = [
  "autolog",
  "nested",
  "datasets",
  "evaluate",
  "system_metrics",
  "async_logging",
  "many_metrics",
] as const;
const ok = (program: string): Ended => ({ program, ended: "ok" });

describe.runIf(mlflow3)(titled("Pipelines with MLflow's client 3.17.2", mlflow3), () => {
  let registry: Registry;
  let uri: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    registry = await startRegistry();
    uri = registry.url.replace("/graphql", "/mlflow");
    env = { MLFLOW_TRACKING_URI: uri, MLFLOW_TRACKING_TOKEN: registry.token };
  });
  afterAll(() => registry?.stop());

  test(
    PROGRAMS.join(", "),
    async () => {
      expect(await runPrograms(mlflow3, PROGRAMS, env)).toEqual(PROGRAMS.map(ok));
    },
    LONG_MS,
  );

  test(
    "a watcher over GraphQL and a webhook receive what the client did",
    async () => {
      const models = ["registered"];
      const events = await watchEvents(registry, models);
      const webhook = await watchWebhook(registry, models);
      expect(await runPrograms(mlflow3, ["registered"], env)).toEqual([ok("registered")]);
      const wanted = [
        "MODEL_REGISTERED",
        "MODEL_VERSION_CREATED 1",
        "MODEL_VERSION_CREATED 2",
        "ALIAS_SET 1",
        "ALIAS_SET 2",
        "MODEL_VERSION_STAGE_CHANGED 1",
        "MODEL_VERSION_STAGE_CHANGED 1",
        "MODEL_VERSION_STAGE_CHANGED 2",
        "MODEL_VERSION_TAG_SET 2",
      ].sort();
      expect((await events.take(wanted.length)).sort()).toEqual(wanted);
      expect((await webhook.take(wanted.length)).sort()).toEqual(wanted);
      await Promise.all([events.stop(), webhook.stop()]);
    },
    LONG_MS,
  );

  test(
    "what a client sends again because the answer was cut happens once",
    async () => {
      const proxy = await startCuttingProxy(uri);
      try {
        const cut = {
          ...env,
          MLFLOW_TRACKING_URI: `${proxy.url}/mlflow`,
          DIRECT_URI: uri,
          MLFLOW_HTTP_REQUEST_MAX_RETRIES: "5",
          MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: "0",
        };
        expect(await runPrograms(mlflow3, ["retries"], cut)).toEqual([ok("retries")]);
        expect(proxy.cuts()).toBeGreaterThan(30);
      } finally {
        await proxy.stop();
      }
    },
    LONG_MS,
  );

  test(
    "a team keeps its tracking server, and sets MLFLOW_REGISTRY_URI only",
    async () => {
      const theirs = await startMlflowServer(mlflow3 ?? "");
      try {
        const split = { ...env, MLFLOW_TRACKING_URI: theirs.url, MLFLOW_REGISTRY_URI: uri };
        expect(await runPrograms(mlflow3, ["split"], split)).toEqual([ok("split")]);
      } finally {
        await theirs.stop();
      }
    },
    LONG_MS,
  );
});

describe.runIf(mlflow2)(titled("Pipelines with MLflow's client 2.22.5", mlflow2), () => {
  let registry: Registry;
  let env: Record<string, string>;
  beforeAll(async () => {
    registry = await startRegistry();
    env = { MLFLOW_TRACKING_URI: registry.url.replace("/graphql", "/mlflow"), MLFLOW_TRACKING_TOKEN: registry.token };
  });
  afterAll(() => registry?.stop());

  test(
    "nested runs, datasets, autolog, async logging, 2 500 metrics, and models logged the old way",
    async () => {
      const programs = ["nested", "before_3", "async_logging", "many_metrics"];
      expect(await runPrograms(mlflow2, programs, env)).toEqual(programs.map(ok));
    },
    LONG_MS,
  );

  test.runIf(mlflow3)(
    "an old client fetches what a new one registered",
    async () => {
      expect(await runPrograms(mlflow3, ["registered"], env)).toEqual([ok("registered")]);
      expect(await runPrograms(mlflow2, ["fetched_before_3"], env)).toEqual([ok("fetched_before_3")]);
    },
    LONG_MS,
  );
});
