import { z } from "zod";
import { TYPE_SCOPE } from "../../domain/access/scopes.js";
import { InvalidInputError, NotFoundError } from "../../domain/errors.js";
import { isPrompt, PROMPT_SOURCE } from "../../domain/models/prompt.js";
import { deleteTag } from "../../registry/across/delete-tag.js";
import { setTag } from "../../registry/across/set-tag.js";
import { createModelVersion } from "../../registry/versions/create-model-version.js";
import { deleteModelVersion } from "../../registry/versions/delete-model-version.js";
import { ensureStage } from "../../registry/versions/ensure-stage.js";
import { updateModelVersion } from "../../registry/versions/update-model-version.js";
import { directoryOfSource } from "../artifacts/source-digest.js";
import { flag, int64, newTagKey, newTags, optional, required, tagValue, texts } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { readVersionById, readVersionRow, readVersionWithAliases } from "./read-versions.js";
import { searchModelVersions, VERSIONS_PER_PAGE } from "./search.js";
import { artifactsOf, loggedModelOf, originOf } from "./source-version.js";
import { parseStage } from "./stage-names.js";
import { parseVersion, versionRef } from "./version-number.js";

const READ = [TYPE_SCOPE.ModelVersion];
const VERSION = { name: required, version: required };
/** MLflow's own limit; a page ends before it. */
const MAX_RESULTS = 200_000;

export const modelVersionRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/model-versions/create",
    request: z.object({
      name: required,
      source: required,
      run_id: optional,
      model_id: optional,
      run_link: optional,
      description: optional,
      tags: newTags,
    }),
    scopes: READ,
    async run(context, { name, source, run_id, model_id, run_link, description, tags }) {
      if (isPrompt(tags) && source !== PROMPT_SOURCE) {
        const message = `Invalid prompt source: '${source}'. Prompt sources must use an MLflow placeholder.`;
        throw new InvalidInputError("source", message);
      }
      const origin = await originOf(context, source);
      const directory = await directoryOfSource(context, source);
      const { id } = await createModelVersion(context.commands, {
        model: { name },
        source,
        anyRun: run_id || origin?.run || null,
        anyLoggedModel: model_id || loggedModelOf(source) || origin?.model || null,
        digest: directory?.digest ?? null,
        directory,
        runLink: run_link || null,
        description: description || null,
        tags,
      });
      return { model_version: await readVersionById(context, id) };
    },
  }),
  route({
    method: "GET",
    path: "/model-versions/get",
    request: z.object(VERSION),
    scopes: READ,
    async run(context, { name, version }) {
      const found = await readVersionWithAliases(context, { number: parseVersion(version), model: { liveName: name } });
      if (!found) throw new NotFoundError("The version was not found.");
      return { model_version: found };
    },
  }),
  route({
    method: "GET",
    path: "/model-versions/get-download-uri",
    request: z.object(VERSION),
    scopes: READ,
    async run(context, { name, version }) {
      return { artifact_uri: await artifactsOf(context, await readVersionRow(context, name, version)) };
    },
  }),
  route({
    method: "GET",
    path: "/model-versions/search",
    request: z.object({
      filter: optional,
      max_results: int64(0, MAX_RESULTS).default(VERSIONS_PER_PAGE),
      order_by: texts,
      page_token: optional,
    }),
    scopes: READ,
    points: ({ max_results }) => 20 + 2 * Math.min(max_results, VERSIONS_PER_PAGE),
    run: searchModelVersions,
  }),
  route({
    method: "PATCH",
    path: "/model-versions/update",
    request: z.object({ ...VERSION, description: optional }),
    scopes: READ,
    async run(context, { name, version, description }) {
      const { id } = await updateModelVersion(context.commands, { version: versionRef(name, version), description });
      return { model_version: await readVersionById(context, id) };
    },
  }),
  route({
    method: "POST",
    path: "/model-versions/transition-stage",
    request: z.object({ ...VERSION, stage: required, archive_existing_versions: flag }),
    scopes: READ,
    async run(context, { name, version, stage, archive_existing_versions }) {
      const { id } = await ensureStage(context.commands, {
        version: versionRef(name, version),
        to: parseStage(stage),
        archiveExisting: archive_existing_versions,
      });
      return { model_version: await readVersionById(context, id) };
    },
  }),
  route({
    method: "DELETE",
    path: "/model-versions/delete",
    request: z.object(VERSION),
    scopes: [],
    async run({ commands }, { name, version }) {
      await deleteModelVersion(commands, { version: versionRef(name, version), force: true });
      return {};
    },
  }),
  route({
    method: "POST",
    path: "/model-versions/set-tag",
    request: z.object({ ...VERSION, key: newTagKey, value: tagValue }),
    scopes: [],
    async run({ commands }, { name, version, key, value }) {
      await setTag(commands, { on: { modelVersion: versionRef(name, version) }, key, value });
      return {};
    },
  }),
  route({
    method: "DELETE",
    path: "/model-versions/delete-tag",
    request: z.object({ ...VERSION, key: required }),
    scopes: [],
    async run(context, { name, version, key }) {
      await deleteTag(context.commands, { on: { modelVersion: versionRef(name, version) }, key }).catch((error) => {
        if (!(error instanceof NotFoundError)) throw error;
        // a tag that is gone may be deleted again, if the version is there
        return readVersionRow(context, name, version);
      });
      return {};
    },
  }),
];
