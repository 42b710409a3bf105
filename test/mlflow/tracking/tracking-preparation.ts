const RUN = "aa0d4cee131144289c76c37e7d6e3e4e";
const EDITED = "2c02f123e3af48d2ae4d26b967e50e82";
const CHILD = "58aa07c4f526465b87dc993dc353f29d";
const PARENT = "2d01845b1f514ef8b57c94644486ac22";
const MODEL = "8ebc4555f213468cb2961dac09e98a5c";

type Step = readonly [path: string, fields: Record<string, unknown>];

/** What the recorded programs did before an exchange and was not recorded, because the same had been recorded already. */
export const TRACKING_PREPARATION: Readonly<Record<string, readonly Step[]>> = {
  nested_runs: [
    ["/runs/set-tag", { run_id: CHILD, key: "mlflow.parentRunId", value: PARENT }],
    ["/runs/log-metric", { run_id: CHILD, key: "m", value: 1, timestamp: 1 }],
    ["/runs/update", { run_id: CHILD, status: "FINISHED", end_time: 1 }],
  ],
  search_runs_all: [
    [
      "/runs/log-batch",
      { run_id: MODEL, metrics: [{ key: "acc", value: 0.91, timestamp: 1 }], params: [{ key: "c", value: "1" }] },
    ],
    ["/runs/update", { run_id: MODEL, status: "FINISHED", end_time: 1 }],
  ],
  runs_api: [["/runs/set-tag", { run_id: EDITED, key: "t", value: "1" }]],
  "exp del tag": [["/experiments/set-experiment-tag", { experiment_id: "5", key: "a", value: "b" }]],
  "tag delete absent": [["/runs/delete-tag", { run_id: RUN, key: "t" }]],
  "run delete": [["/runs/update", { run_id: RUN, status: "FINISHED", end_time: 1 }]],
};
