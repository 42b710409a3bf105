import { execFile, execFileSync, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mlflow3 } from "../mlflow/setup/client-python.js";
import { freePort } from "../support/process/free-port.js";
import { type Registry, startRegistry } from "./registry.js";

const program = fileURLToPath(new URL("../mlflow/artifacts/store_client.py", import.meta.url));
/** Importing MLflow takes a minute on a busy machine. */
const LONG_MS = 600_000;

/** moto speaks S3 on loopback, boto3 is what MLflow reaches it by. */
function has(python: string): boolean {
  try {
    execFileSync(python, ["-c", "import mlflow, boto3, moto.server"], { stdio: "ignore", timeout: LONG_MS });
    return true;
  } catch {
    return false;
  }
}

const python = mlflow3 ?? "";
const isHere = python !== "" && has(python);
const name = isHere
  ? "a store of its own"
  : "a store of its own: skipped, no Python has MLflow's client, boto3 and moto[server] (npm run test:mlflow installs them)";

describe.runIf(isHere)(name, () => {
  let registry: Registry;
  let store: { readonly url: string; stop(): Promise<void> };
  beforeAll(async () => {
    store = await startStore();
    registry = await startRegistry({ SHELFMARK_ARTIFACT_ROOT: "s3://models/mlflow" });
  });
  afterAll(async () => {
    await registry?.stop();
    await store?.stop();
  });

  test(
    "MLflow's client keeps the files there itself, with its own rights",
    async () => {
      const { stdout } = await promisify(execFile)(python, ["-W", "ignore", program], {
        env: {
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          BUCKET: "models",
          MLFLOW_TRACKING_URI: registry.url.replace("/graphql", "/mlflow"),
          MLFLOW_TRACKING_TOKEN: registry.token,
          MLFLOW_HTTP_REQUEST_MAX_RETRIES: "1",
          MLFLOW_S3_ENDPOINT_URL: store.url,
          AWS_ACCESS_KEY_ID: "key",
          AWS_SECRET_ACCESS_KEY: "secret",
          AWS_DEFAULT_REGION: "us-east-1",
          GIT_PYTHON_REFRESH: "quiet",
        },
        timeout: LONG_MS,
      });
      expect(stdout).toMatch(/^store [\d.]+ ok$/m);
      const { models } = await registry.data(
        "{ models { nodes { name versions { nodes { source digest loggedModel { artifactUri } } } } } }",
      );
      const [version] = models.nodes[0].versions.nodes;
      expect(version.loggedModel.artifactUri).toMatch(/^s3:\/\/models\/mlflow\/\d+\/models\/m-\w+\/artifacts$/);
      expect([models.nodes[0].name, version.digest], "the server has not seen the files").toEqual(["doubles", null]);
    },
    LONG_MS,
  );
});

async function startStore() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.kill();
    await ended;
  };
  for (const end = Date.now() + LONG_MS; Date.now() < end && child.exitCode === null; await sleep(200)) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return { url, stop };
  }
  await stop();
  throw new Error("moto's server did not start.");
}
