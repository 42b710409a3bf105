import { ARTIFACT_SCOPE, type Scope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { decodePath, parseArtifactPath } from "../../domain/artifacts/artifact-path.js";
import { requireVisiblePlace } from "../../registry/artifacts/artifact-place.js";
import { deleteArtifacts } from "../../registry/artifacts/delete-artifacts.js";
import { type CommandContext, createCommandContext, requireScopes } from "../../registry/command.js";
import { type Answer, json } from "../kit/answer.js";
import type { ArtifactServices, Context, MlflowServices } from "../kit/context.js";
import { noEndpoint, wrongMethod } from "../kit/errors.js";
import type { FileEndpoint, FileRequest, FileTransfer } from "../kit/file-endpoint.js";
import { download } from "./download.js";
import { listFiles } from "./list-files.js";
import { addressOfLoggedModel, addressOfRun, pathBelow } from "./stored-place.js";
import { upload } from "./upload.js";

const PLACE = /^\/(?:ajax-)?api\/2\.0\/mlflow-artifacts(\/.*)$/s;
const FILES = "/artifacts";
/** Clients fall back to the plain upload and download if the message begins so. */
const UNSUPPORTED: readonly [path: RegExp, what: string][] = [
  [/^\/mpu\/(create|complete|abort)(\/|$)/, "upload"],
  [/^\/presigned(\/|$)/, "download"],
];
const POINTS = 20;

/** A file that is named by what it belongs to. */
export interface LookUp {
  /** Its group is the id, if the path holds it. */
  readonly path: RegExp;
  readonly scope: Scope;
  find(
    reading: Pick<Context, "db" | "viewer" | "commands">,
    query: URLSearchParams,
    id: string,
  ): Promise<{ readonly address: string; readonly below: string | null }>;
}

/** What MLflow's pages ask for a file to show. */
const LOOK_UPS: readonly LookUp[] = [
  {
    path: /^\/get-artifact$/,
    scope: TYPE_SCOPE.Run,
    async find(reading, query) {
      const id = query.get("run_id") ?? query.get("run_uuid") ?? "";
      return { address: await addressOfRun(reading, id), below: query.get("path") };
    },
  },
  {
    path: /^\/(?:ajax-)?api\/2\.0\/mlflow\/logged-models\/([^/]+)\/artifacts\/files$/,
    scope: TYPE_SCOPE.LoggedModel,
    async find(reading, query, id) {
      return { address: await addressOfLoggedModel(reading, id), below: query.get("artifact_file_path") };
    },
  },
];

interface Call {
  readonly path: string;
  readonly request: FileRequest;
  readonly commands: CommandContext;
}

/** The endpoint of MLflow's artifact service, or one of the look-ups, at an address; undefined if the address is none of them. */
export function findArtifactEndpoint(
  services: MlflowServices,
  lookUps: readonly LookUp[],
  method: string,
  local: string,
): FileEndpoint | Answer | undefined {
  const below = PLACE.exec(local)?.[1];
  const lookUp = [...LOOK_UPS, ...lookUps].find(({ path }) => path.test(local));
  if (below === undefined && !lookUp) return undefined;
  const { files } = services;
  if ("absence" in files) {
    return { ...json(404, { error_code: "ENDPOINT_NOT_FOUND", message: files.absence }), code: "NOT_FOUND" };
  }
  if (below === undefined) return lookUp && lookedUpFile(services, files, method, lookUp, local);
  const unsupported = UNSUPPORTED.find(([path]) => path.test(below));
  if (unsupported) return notSupported(unsupported[1]);
  if (below === FILES || below === `${FILES}/`) return listing(services, method);
  if (!below.startsWith(`${FILES}/`)) return noEndpoint(method, local);
  return fileEndpoint(services, files, method, below.slice(FILES.length + 1));
}

function listing(services: MlflowServices, method: string): FileEndpoint | Answer {
  if (method !== "GET" && method !== "HEAD") return wrongMethod(method, ["GET", "HEAD"]);
  return endpoint(services, "list", "query", (request) => withoutSlash(request.query.get("path") ?? ""), {
    async run({ path, commands }) {
      await requireReader(services, commands, path);
      return { kind: "answer", answer: json(200, await listFiles(services.db, path)) };
    },
  });
}

function fileEndpoint(
  services: MlflowServices,
  files: ArtifactServices,
  method: string,
  encoded: string,
): FileEndpoint | Answer {
  const { db } = services;
  const exact = () => decodePath(encoded);
  switch (method) {
    case "GET":
    case "HEAD":
      return endpoint(services, "get", "query", exact, {
        async run({ path, request, commands }) {
          await requireReader(services, commands, path);
          return download(db, files.folder, path, request.headers);
        },
      });
    case "PUT":
      return endpoint(services, "put", "mutation", exact, {
        run: ({ path, request: { contentLength }, commands }) =>
          upload(services, files, { path, contentLength, commands }),
      });
    case "DELETE":
      return endpoint(services, "delete", "mutation", () => withoutSlash(decodePath(encoded)), {
        async run({ path, commands }) {
          await deleteArtifacts(commands, path, files.removeFiles);
          return { kind: "answer", answer: json(200, {}) };
        },
      });
    default:
      return wrongMethod(method, ["GET", "HEAD", "PUT", "DELETE"]);
  }
}

/** A file that is named by its run or its logged model. */
function lookedUpFile(
  services: MlflowServices,
  { folder }: ArtifactServices,
  method: string,
  { path: pattern, scope, find }: LookUp,
  local: string,
): FileEndpoint | Answer {
  if (method !== "GET" && method !== "HEAD") return wrongMethod(method, ["GET", "HEAD"]);
  const { db } = services;
  return {
    name: "mlflow-artifacts/get",
    kind: "query",
    readFile: ({ query, headers }) => ({
      points: POINTS,
      async prepare(viewer, requestId) {
        requireScopes(viewer, [scope, ARTIFACT_SCOPE.read], "get-artifact");
        const commands = createCommandContext(services, viewer, requestId);
        const { address, below } = await find(
          { db, viewer, commands },
          query,
          decodePath(pattern.exec(local)?.[1] ?? ""),
        );
        const path = pathBelow(address, parseArtifactPath(below ?? ""));
        await requireVisiblePlace(db, viewer, path);
        return download(db, folder, path, headers);
      },
    }),
  };
}

function endpoint(
  services: MlflowServices,
  name: string,
  kind: FileEndpoint["kind"],
  pathOf: (request: FileRequest) => string,
  { run }: { run(call: Call): Promise<FileTransfer> },
): FileEndpoint {
  return {
    name: `mlflow-artifacts/${name}`,
    kind,
    readFile(request) {
      const path = parseArtifactPath(pathOf(request));
      return {
        points: POINTS,
        prepare: (viewer, requestId) =>
          run({ path, request, commands: createCommandContext(services, viewer, requestId) }),
      };
    },
  };
}

async function requireReader({ db }: MlflowServices, { viewer }: CommandContext, path: string): Promise<void> {
  requireScopes(viewer, [ARTIFACT_SCOPE.read], "mlflow-artifacts");
  await requireVisiblePlace(db, viewer, path);
}

/** Clients name a directory with a slash at its end, or without. */
function withoutSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

function notSupported(what: string): Answer {
  const message = `Multipart ${what} is not supported for the current artifact repository`;
  return json(501, { error_code: "NOT_IMPLEMENTED", message });
}
