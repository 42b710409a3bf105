import { TYPE_SCOPE } from "../../domain/access/scopes.js";
import type { LookUp } from "../artifacts/artifact-endpoints.js";
import { readVersionRow } from "./read-versions.js";
import { artifactsOf } from "./source-version.js";

/** A file of a version, which MLflow's pages ask for. */
export const versionFile: LookUp = {
  path: /^\/model-versions\/get-artifact$/,
  scope: TYPE_SCOPE.ModelVersion,
  async find(reading, query) {
    const row = await readVersionRow(reading, query.get("name") ?? "", query.get("version") ?? "");
    return { address: await artifactsOf(reading, row), below: query.get("path") };
  },
};
