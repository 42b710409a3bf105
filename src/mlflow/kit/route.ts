import type { z } from "zod";
import type { Viewer } from "../../domain/access/actor.js";
import type { Scope } from "../../domain/access/scopes.js";
import { AlreadyExistsError, NotFoundError } from "../../domain/errors.js";
import { createCommandContext, requireScopes } from "../../registry/command.js";
import { type Answer, json } from "./answer.js";
import type { Context, RouteServices } from "./context.js";
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
  readonly points?: (request: z.output<S>) => number;
  /** MLflow's texts for what is missing or taken. Absent = those of registered models. */
  readonly words?: Words<z.output<S>>;
  run(context: Context, request: z.output<S>): Promise<object>;
}

/** Clients match the texts of MLflow. */
export interface Words<Request> {
  missing(request: Request, error: NotFoundError): string;
  taken?(request: Request): string;
}

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly name: string;
  readonly kind: "query" | "mutation";
  read(services: RouteServices, raw: RawRequest): Call;
}

interface Call {
  readonly points: number;
  run(viewer: Viewer, requestId: string): Promise<Answer>;
}

const POINTS = 20;

export function route<S extends z.ZodType>(row: RouteRow<S>): Route {
  const { method, path, scopes } = row;
  const isRead = method === "GET" || /\/(get-latest-versions|search)$/.test(path);
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
          const { db, answerCharacters, newId } = services;
          const ensureDefaultExperiment = () => services.ensureDefaultExperiment(requestId);
          const context = { viewer, db, commands, answerCharacters, newId, ensureDefaultExperiment };
          return json(200, await inMlflowsWords(request, row.words ?? MODEL_WORDS, () => row.run(context, request)));
        },
      };
    },
  };
}

async function inMlflowsWords<T, Request>(
  request: Request,
  { missing, taken }: Words<Request>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AlreadyExistsError && taken) throw new AlreadyExistsError(taken(request));
    const isOfRequest = error instanceof NotFoundError && !(error instanceof OtherNotFoundError);
    throw isOfRequest ? new NotFoundError(missing(request, error)) : error;
  }
}

/** What is missing is not what the request names; the message has MLflow's words already. */
export class OtherNotFoundError extends NotFoundError {}

interface Named {
  readonly name: string;
  readonly version?: string | undefined;
  readonly new_name?: string | undefined;
}

const MODEL_WORDS: Words<unknown> = {
  missing(request) {
    const { name, version } = request as Named;
    return version === undefined
      ? `Registered Model with name=${name} not found`
      : `Model Version (name=${name}, version=${version}) not found`;
  },
  taken(request) {
    const { name, new_name: newName = name } = request as Named;
    return `Registered Model (name=${newName}) already exists.`;
  },
};
