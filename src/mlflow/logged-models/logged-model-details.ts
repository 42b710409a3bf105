import { z } from "zod";
import { MODEL_VERSIONS_TAG } from "../../domain/logged-models/logged-model.js";
import { deleteTag } from "../../registry/across/delete-tag.js";
import { logLoggedModelParams } from "../../registry/logged-models/log-logged-model-params.js";
import { setLoggedModelTags } from "../../registry/logged-models/set-logged-model-tags.js";
import { logOutputs } from "../../registry/tracking/log-outputs.js";
import { int64, newTags, ofRun, required } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { RUN_WORDS } from "../runs/runs.js";
import { truncate } from "../runs/truncate.js";
import { LOGGED_MODEL_WORDS, MODEL_ID, newParams } from "./logged-models.js";

const isOthers = ({ key }: { readonly key: string }) => key !== MODEL_VERSIONS_TAG;

/** The tags and params of logged models, and the runs that made them. */
export const loggedModelDetailRoutes: readonly Route[] = [
  route({
    method: "PATCH",
    path: "/logged-models/{model_id}/tags",
    request: z.object({ ...MODEL_ID, tags: newTags }),
    scopes: [],
    words: LOGGED_MODEL_WORDS,
    async run({ commands }, { model_id, tags }) {
      // clients write the list of versions back, which the registry knows itself
      await setLoggedModelTags(commands, { loggedModel: model_id, tags: tags.filter(isOthers).map(truncate) });
      return {};
    },
  }),
  route({
    method: "DELETE",
    path: "/logged-models/{model_id}/tags/{tag_key}",
    request: z.object({ ...MODEL_ID, tag_key: required }),
    scopes: [],
    words: {
      missing: ({ model_id, tag_key }, error) =>
        error.details.field === undefined
          ? `No tag with key '${tag_key}' found for model with ID '${model_id}'.`
          : LOGGED_MODEL_WORDS.missing({ model_id }),
    },
    async run({ commands }, { model_id, tag_key: key }) {
      const change = { on: { loggedModel: model_id }, key };
      if (isOthers(change)) await deleteTag(commands, change);
      return {};
    },
  }),
  route({
    method: "POST",
    path: "/logged-models/{model_id}/params",
    request: z.object({ ...MODEL_ID, params: newParams }),
    scopes: [],
    words: LOGGED_MODEL_WORDS,
    async run({ commands }, { model_id, params }) {
      await logLoggedModelParams(commands, { loggedModel: model_id, params });
      return {};
    },
  }),
  route({
    method: "POST",
    path: "/runs/outputs",
    request: ofRun({
      models: z
        .array(
          z.object({ model_id: required, step: int64(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).default(0) }),
        )
        .default([]),
    }),
    scopes: [],
    words: {
      missing({ run_id, models }, error) {
        const [, index] = /^input\.loggedModels\[(\d+)\]$/.exec(String(error.details.field)) ?? [];
        const model = index === undefined ? undefined : models[Number(index)];
        return model ? LOGGED_MODEL_WORDS.missing(model) : RUN_WORDS.missing({ run_id });
      },
    },
    async run({ commands }, { run_id, models }) {
      const loggedModels = models.map(({ model_id: id, step }) => ({ id, step }));
      await logOutputs(commands, { run: run_id, loggedModels, evenIfOver: true });
      return {};
    },
  }),
];
