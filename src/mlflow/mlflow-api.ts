import type { Config } from "../config/config.js";
import { findArtifactEndpoint } from "./artifacts/artifact-endpoints.js";
import { artifactListRoutes } from "./artifacts/artifact-lists.js";
import { defaultExperiment } from "./experiments/default-experiment.js";
import { experimentRoutes } from "./experiments/experiments.js";
import { type Answer, json, text } from "./kit/answer.js";
import type { MlflowServices } from "./kit/context.js";
import { noEndpoint, toErrorAnswer, wrongMethod } from "./kit/errors.js";
import type { RawRequest } from "./kit/request.js";
import type { Route } from "./kit/route.js";
import { createRouter, type Match } from "./kit/router.js";
import { loggedModelDetailRoutes } from "./logged-models/logged-model-details.js";
import { loggedModelRoutes } from "./logged-models/logged-models.js";
import { historyRoutes } from "./metrics/history.js";
import { aliasRoutes } from "./models/aliases.js";
import { registeredModelRoutes } from "./models/registered-models.js";
import { inputRoutes } from "./runs/inputs.js";
import { loggingRoutes } from "./runs/logging.js";
import { modelHistoryRoutes } from "./runs/model-history.js";
import { runRoutes } from "./runs/runs.js";
import { modelVersionRoutes } from "./versions/model-versions.js";
import { versionFile } from "./versions/version-files.js";

/** The release whose clients and answers this API follows. */
const MLFLOW_VERSION = "3.17.2";
const MOUNT = "/mlflow";
/** Clients ask the first; MLflow's pages ask the second. */
const PREFIXES = ["/api/2.0/mlflow", "/ajax-api/2.0/mlflow"];
/** What of MLflow's later additions this server has: none. */
const SERVER_INFO = {
  store_type: "SqlStore",
  workspaces_enabled: false,
  trace_archival_enabled: false,
  multipart_uploads_enabled: false,
  multipart_downloads_enabled: false,
  presigned_upload_run_id_supported: false,
  presigned_upload_model_id_supported: false,
  features_enabled: { gateway: false },
};
const OPEN: Readonly<Record<string, Answer>> = {
  "/health": text("OK"),
  "/version": text(MLFLOW_VERSION),
  "/api/3.0/mlflow/server-info": json(200, SERVER_INFO),
  "/ajax-api/3.0/mlflow/server-info": json(200, SERVER_INFO),
};
const AT_ROOT = /^\/(ajax-)?api\/|^\/(health|version|get-artifact|model-versions\/get-artifact)$/;

/** Every endpoint. */
export const MLFLOW_ROUTES: readonly Route[] = [
  ...registeredModelRoutes,
  ...aliasRoutes,
  ...modelVersionRoutes,
  ...loggedModelRoutes,
  ...loggedModelDetailRoutes,
  ...experimentRoutes,
  ...runRoutes,
  ...loggingRoutes,
  ...modelHistoryRoutes,
  ...inputRoutes,
  ...historyRoutes,
  ...artifactListRoutes,
];
const ROUTES = createRouter(MLFLOW_ROUTES);

/** MLflow's REST API, as far as model registries and tracking need it. */
export function createMlflowApi(services: MlflowServices, mount: Exclude<Config["mlflow"], "off">) {
  const routeServices = { ...services, ensureDefaultExperiment: defaultExperiment(services) };
  return {
    serves: (path: string) => path === MOUNT || path.startsWith(`${MOUNT}/`) || (mount === "/" && AT_ROOT.test(path)),

    find(method: string, path: string) {
      const local = path.startsWith(`${MOUNT}/`) ? path.slice(MOUNT.length) : path;
      const open = Object.hasOwn(OPEN, local) ? OPEN[local] : undefined;
      if (open && (method === "GET" || method === "HEAD")) return open;
      const ofArtifacts = findArtifactEndpoint(services, [versionFile], method, local);
      if (ofArtifacts) return ofArtifacts;
      const match = matchOf(local);
      if (!match) return noEndpoint(method, local);
      const found = match.routes.get(method);
      if (!found) return wrongMethod(method, [...match.routes.keys()]);
      const { parameters } = match;
      return {
        name: found.name,
        kind: found.kind,
        read: (raw: Omit<RawRequest, "parameters">) => found.read(routeServices, { ...raw, parameters }),
      };
    },

    refuse: (error: unknown, requestId: string) => toErrorAnswer(error, requestId, services.log),
  };
}

function matchOf(path: string): Match | undefined {
  const prefix = PREFIXES.find((each) => path.startsWith(`${each}/`));
  return prefix === undefined ? undefined : ROUTES(path.slice(prefix.length));
}
