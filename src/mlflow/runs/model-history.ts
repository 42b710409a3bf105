import { InvalidInputError } from "../../domain/errors.js";
import { setTag } from "../../registry/across/set-tag.js";
import { ofRun, required } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { RUN_WORDS } from "./runs.js";

const HISTORY_TAG = "mlflow.log-model.history";
const MANDATORY = ["artifact_path", "flavors", "utc_time_created", "run_id"] as const;

/** Clients before MLflow 3 have no logged models: they add each model that a run logs to a tag of the run. */
export const modelHistoryRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/runs/log-model",
    request: ofRun({ model_json: required }),
    scopes: [],
    words: RUN_WORDS,
    async run({ commands }, { run_id: run, model_json }) {
      const model = parseModel(model_json);
      await setTag(commands, { on: { run }, key: HISTORY_TAG, value: (current) => append(current, model) });
      return {};
    },
  }),
];

function parseModel(text: string): object {
  const model = parseJson(text);
  if (typeof model !== "object" || model === null || Array.isArray(model)) {
    throw new InvalidInputError("model_json", `Malformed model info. \n ${text} \n is not a valid JSON.`);
  }
  const missing = MANDATORY.filter((field) => !Object.hasOwn(model, field)).map((field) => `'${field}'`);
  if (missing.length === 0) return model;
  throw new InvalidInputError("model_json", `Model json is missing mandatory fields: {${missing.join(", ")}}`);
}

/** A request that arrives twice adds its model once. */
function append(current: string | undefined, model: object): string {
  const models = current === undefined ? [] : parseJson(current);
  if (!Array.isArray(models)) {
    throw new InvalidInputError(
      "model_json",
      `The tag ${HISTORY_TAG} of the run is no JSON list, so nothing is added to it.`,
    );
  }
  const text = JSON.stringify(model);
  return JSON.stringify(models.some((each) => JSON.stringify(each) === text) ? models : [...models, model]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
