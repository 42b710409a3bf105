const RUN = "8ebc4555f213468cb2961dac09e98a5c";
const create = (name: string, more: object = {}) => ["POST", "/registered-models/create", { name, ...more }] as const;
const version = (name: string, source: string, more: object = {}) =>
  ["POST", "/model-versions/create", { name, source, ...more }] as const;
const move = (name: string, number: string, stage: string) =>
  ["POST", "/model-versions/transition-stage", { name, version: number, stage }] as const;

const alias = (name: string, name2: string, number: string) =>
  ["POST", "/registered-models/alias", { name, alias: name2, version: number }] as const;

type Step = readonly [method: string, path: string, fields: object];

/** What the recorded programs did before an exchange and was not recorded, because the same had been recorded already. */
export const PREPARATION: Readonly<Record<string, readonly Step[]>> = {
  sklearn_log_model_registered: [create("fraud")],
  register_model_models_uri: [
    create("fraud2"),
    version("fraud", "models:/m-6d54c964356b4f1da537626f71f548d4", { run_id: RUN }),
    version("fraud", "models:/m-2cc6204edfa848f6996c347ba6c2620b", { run_id: RUN }),
    create("auto"),
    version("auto", "models:/m-6c5f23c3367442078aa9fb5e30896f06", { run_id: RUN }),
  ],
  register_model_s3_uri: [create("fraud3")],
  get_latest_versions: [move("fraud", "2", "Production"), move("fraud", "1", "Staging")],
  aliases: [alias("fraud", "old", "1")],
  "registry_edit#6": [["DELETE", "/model-versions/delete-tag", { name: "fraud", version: "1", key: "t" }]],
  copy_model_version: [
    create("fraud-prod"),
    ["POST", "/model-versions/set-tag", { name: "fraud", version: "2", key: "s", value: "1" }],
  ],
  "alias get": [alias("rm996545", "123", "1"), alias("rm996545", "champion", "1")],
  "prompts#2": [
    create("hello-prompt", { description: "first", tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }] }),
  ],
  "v2:log_model": [create("old-model")],
  end: [create("tmp")],
};
