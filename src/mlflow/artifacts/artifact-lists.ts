import { z } from "zod";
import { ARTIFACT_SCOPE, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { InvalidInputError, type NotFoundError } from "../../domain/errors.js";
import type { Context } from "../kit/context.js";
import { optional, required } from "../kit/parameters.js";
import { type Route, route } from "../kit/route.js";
import { listFiles } from "./list-files.js";
import { addressOfLoggedModel, addressOfRun, pathBelow } from "./stored-place.js";

async function listBelow({ db }: Context, address: string, below = "") {
  const path = below.replace(/\/$/, "");
  const listed = await listFiles(db, pathBelow(address, path), path === "" ? "" : `${path}/`);
  return { root_uri: address, ...listed };
}

/** What is looked up has said in MLflow's words what is missing. */
const FOUND_WORDS = { missing: (_request: unknown, { message }: NotFoundError) => message };

/** What MLflow's pages ask to show the files of a run or of a logged model. */
export const artifactListRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/artifacts/list",
    request: z.object({ run_id: optional, run_uuid: optional, path: optional, page_token: optional }),
    scopes: [TYPE_SCOPE.Run, ARTIFACT_SCOPE.read],
    words: FOUND_WORDS,
    async run(context, { run_id, run_uuid, path }) {
      const id = run_id || run_uuid;
      if (!id) throw new InvalidInputError("run_id", "Missing value for required parameter 'run_id'.");
      return listBelow(context, await addressOfRun(context, id), path);
    },
  }),
  route({
    method: "GET",
    path: "/logged-models/{model_id}/artifacts/directories",
    request: z.object({ model_id: required, artifact_directory_path: optional }),
    scopes: [TYPE_SCOPE.LoggedModel, ARTIFACT_SCOPE.read],
    words: FOUND_WORDS,
    async run(context, { model_id, artifact_directory_path: path }) {
      return listBelow(context, await addressOfLoggedModel(context, model_id), path);
    },
  }),
];
