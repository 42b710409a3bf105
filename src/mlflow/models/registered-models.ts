import { z } from "zod";
import { TYPE_SCOPE } from "../../domain/access/scopes.js";
import { NotFoundError } from "../../domain/errors.js";
import { deleteTag } from "../../registry/across/delete-tag.js";
import { setTag } from "../../registry/across/set-tag.js";
import { deleteModel } from "../../registry/models/delete-model.js";
import { registerModel } from "../../registry/models/register-model.js";
import { renameModel } from "../../registry/models/rename-model.js";
import { updateModel } from "../../registry/models/update-model.js";
import type { Context } from "../kit/context.js";
import { int64, newName, newTagKey, newTags, optional, required, tagValue, texts } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { readLatestOfModel } from "./latest.js";
import { readModel, readModelByName, requireModel } from "./read-models.js";
import { MODELS_PER_PAGE, searchRegisteredModels } from "./search.js";

const READ = [TYPE_SCOPE.Model];
const NAME = { name: required };
const DEFAULT_PAGE = 100;

const latestVersions = {
  path: "/registered-models/get-latest-versions",
  request: z.object({ ...NAME, stages: texts }),
  scopes: READ,
  run: async (context: Context, { name, stages }: { name: string; stages: readonly string[] }) => ({
    model_versions: await readLatestOfModel(context, name, stages),
  }),
};

export const registeredModelRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/registered-models/create",
    request: z.object({ name: newName, description: optional, tags: newTags }),
    scopes: READ,
    async run(context, { name, description, tags }) {
      const { id } = await registerModel(context.commands, { name, description, tags });
      return { registered_model: await readModel(context, id) };
    },
  }),
  route({
    method: "GET",
    path: "/registered-models/get",
    request: z.object(NAME),
    scopes: READ,
    async run(context, { name }) {
      return { registered_model: await readModelByName(context, name) };
    },
  }),
  route({
    method: "GET",
    path: "/registered-models/search",
    request: z.object({
      filter: optional,
      max_results: int64(0, MODELS_PER_PAGE).default(DEFAULT_PAGE),
      order_by: texts,
      page_token: optional,
    }),
    scopes: READ,
    points: ({ max_results }) => 20 + 10 * max_results,
    run: searchRegisteredModels,
  }),
  route({ ...latestVersions, method: "POST" }),
  route({ ...latestVersions, method: "GET" }),
  route({
    method: "PATCH",
    path: "/registered-models/update",
    request: z.object({ ...NAME, description: optional }),
    scopes: READ,
    async run(context, { name, description }) {
      const { id } = await updateModel(context.commands, { model: { name }, description });
      return { registered_model: await readModel(context, id) };
    },
  }),
  route({
    method: "POST",
    path: "/registered-models/rename",
    request: z.object({ ...NAME, new_name: newName }),
    scopes: READ,
    async run(context, { name, new_name: newName }) {
      const { id } = await renameModel(context.commands, { model: { name }, newName });
      return { registered_model: await readModel(context, id) };
    },
  }),
  route({
    method: "DELETE",
    path: "/registered-models/delete",
    request: z.object(NAME),
    scopes: [],
    async run({ commands }, { name }) {
      await deleteModel(commands, { model: { name }, force: true });
      return {};
    },
  }),
  route({
    method: "POST",
    path: "/registered-models/set-tag",
    request: z.object({ ...NAME, key: newTagKey, value: tagValue }),
    scopes: [],
    async run({ commands }, { name, key, value }) {
      await setTag(commands, { on: { model: { name } }, key, value });
      return {};
    },
  }),
  route({
    method: "DELETE",
    path: "/registered-models/delete-tag",
    request: z.object({ ...NAME, key: required }),
    scopes: [],
    async run(context, { name, key }) {
      await deleteTag(context.commands, { on: { model: { name } }, key }).catch((error) => {
        if (!(error instanceof NotFoundError)) throw error;
        // a tag that is gone may be deleted again, if the model is there
        return requireModel(context, name);
      });
      return {};
    },
  }),
];
