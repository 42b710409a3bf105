import type { z } from "zod";
import type { Viewer } from "../../domain/access/actor.js";
import type { Scope } from "../../domain/access/scopes.js";
import { AlreadyExistsError, NotFoundError } from "../../domain/errors.js";
import { createCommandContext, requireScopes } from "../../registry/command.js";
import { type Answer, json } from "./answer.js";
import type { Context, MlflowServices } from "./context.js";
import { type RawRequest, readRequest } from "./request.js";

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** One row of the table of endpoints: a command or a read, and what it answers. */
interface RouteRow<S extends z.ZodType> {
  readonly method: Method;
  /** Below `/api/2.0/mlflow`, and the name in logs. */
  readonly path: string;
  readonly request: S;
  /**
   * What the answer shows. A command requires its own scopes; one that answers with an object requires the right to read it
   * before anything is changed.
   */
  readonly scopes: readonly Scope[];
  /** The answer's words for what the request names and is missing. Default: those of models and versions. */
  readonly missing?: (request: z.output<S>, error: NotFoundError) => NotFoundError;
  readonly points?: (request: z.output<S>) => number;
  run(context: Context, request: z.output<S>): Promise<object>;
}

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly name: string;
  readonly kind: "query" | "mutation";
  read(services: MlflowServices, raw: RawRequest): Call;
}

interface Call {
  readonly points: number;
  run(viewer: Viewer, requestId: string): Promise<Answer>;
}

const POINTS = 20;

export function route<S extends z.ZodType>(row: RouteRow<S>): Route {
  const { method, path, scopes } = row;
  const isRead = method === "GET" || path.endsWith("/get-latest-versions") || path === "/logged-models/search";
  return {
    method,
    path,
    name: `mlflow${path}`,
    kind: isRead ? "query" : "mutation",
    read(services, raw) {
      const request = readRequest(row.request, raw);
      return {
        points: row.points?.(request) ?? POINTS,
        async run(viewer, requestId) {
          requireScopes(viewer, scopes, path.slice(1));
          const commands = createCommandContext(services, viewer, requestId);
          const { prisma: db, answerCharacters } = services;
          const context = { viewer, db, commands, answerCharacters };
          return json(200, await inMlflowsWords(row, request, () => row.run(context, request)));
        },
      };
    },
  };
}

/** Clients match the texts of MLflow. */
async function inMlflowsWords<S extends z.ZodType, T>(
  row: Pick<RouteRow<S>, "missing">,
  request: z.output<S>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AlreadyExistsError) throw taken(request as Named);
    const isOfRequest = error instanceof NotFoundError && !(error instanceof OtherNotFoundError);
    if (!isOfRequest) throw error;
    throw row.missing?.(request, error) ?? missing(request as Named);
  }
}

/** What is missing is not what the request names; the message has MLflow's words already. */
export class OtherNotFoundError extends NotFoundError {}

interface Named {
  readonly name: string;
  readonly version?: string | undefined;
  readonly new_name?: string | undefined;
}

function taken({ name, new_name: newName = name }: Named): AlreadyExistsError {
  return new AlreadyExistsError(`Registered Model (name=${newName}) already exists.`);
}

function missing({ name, version }: Named): NotFoundError {
  return version === undefined
    ? new NotFoundError(`Registered Model with name=${name} not found`)
    : new NotFoundError(`Model Version (name=${name}, version=${version}) not found`);
}
