import { describe, expect, test } from "vitest";
import { startRegistry } from "../../clients/registry.js";
import { LONG_MS, mlflow2, mlflow3, titled } from "../setup/client-python.js";
import { startMlflowServer } from "../setup/mlflow-server.js";
import { compare } from "./compare.js";
import { record } from "./record.js";
import { report } from "./report.js";

/** What a client gets of MLflow's server and of this one, each made from nothing. */
async function recordBoth(python: string) {
  const [server, registry] = await Promise.all([startMlflowServer(mlflow3 ?? ""), startRegistry()]);
  try {
    const theirs = await record(python, server.url);
    const ours = await record(python, registry.url.replace("/graphql", "/mlflow"), registry.token);
    return { theirs, ours };
  } finally {
    await Promise.all([server.stop(), registry.stop()]);
  }
}

describe.runIf(mlflow3)(titled("MLflow's server 3.17.2 and this one, to MLflow's clients", mlflow3), () => {
  const clients = [
    ["3.17.2", mlflow3],
    ["2.22.5", mlflow2],
  ] as const;
  const unseen: string[][] = [];

  test.each(clients.filter(([, python]) => python))(
    "answer the client %s the same, but for the intended differences",
    async (version, python) => {
      const { theirs, ours } = await recordBoth(python ?? "");
      expect([theirs.client, ours.client]).toEqual([version, version]);
      const result = report(version, compare(theirs.steps, ours.steps));
      process.stdout.write(result.text);
      unseen.push(result.unseen);
      expect(result.wrong).toEqual([]);
    },
    LONG_MS,
  );

  // an intended difference may be one that only the old client sees
  test.runIf(mlflow2)("every intended difference is one that a client sees", () => {
    const [first = [], ...others] = unseen;
    expect(first.filter((at) => others.every((each) => each.includes(at)))).toEqual([]);
  });
});
