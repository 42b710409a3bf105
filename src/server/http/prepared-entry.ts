import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphQLParams } from "graphql-yoga";
import type { Viewer } from "../../domain/access/actor.js";
import type { BoundOperation, PreparedOperation } from "../../graphql/prepared/prepared-operation.js";
import type { GraphQLContext } from "../../graphql/request/context.js";
import { createAdmit } from "../kit/admit.js";
import { requireStillValid } from "../kit/authenticate.js";
import { acceptedOf, answerTypeOf } from "../kit/media-types.js";
import { createParamsReader } from "../kit/request-params.js";
import type { EntryPointServices, HttpContext, Limiters } from "../kit/services.js";
import { requireBounded } from "../limits/variable-bounds.js";
import { requireListed } from "../plugins/operation-list.js";
import { toName } from "../plugins/use-operation-params.js";
import { withinRequestTime } from "../plugins/use-request-timeout.js";
import { GRAPHQL_PATH } from "../yoga.js";
import { createPreparedAnswer } from "./prepared-answer.js";

/** The operation of a request, with what its answer is written as. */
interface Known {
  readonly viewer: Viewer;
  readonly operation: PreparedOperation;
  readonly bound: BoundOperation;
  readonly mediaType: string;
}

/** The text of an answer's data; null if yoga must answer. */
type Data = string | null;

/** What a request may have besides its document: anything else is for yoga. */
const PLAIN_PARAMS: ReadonlySet<string> = new Set(["query", "variables", "operationName"]);

/**
 * Answers requests whose operation was prepared, without the adapter between node:http and fetch. Every rule on the way is
 * the function that the plugins of yoga call; whatever is refused, or unusual, yoga answers from the same context.
 */
export function createPreparedEntry(services: EntryPointServices, limiters: Limiters) {
  const { config, prepared, metrics, makeContext } = services;
  const { bodyBytes, documentComplexity, requestTimeoutMs } = config.limits;
  const { rates, admission } = limiters;
  const admit = createAdmit(services, rates);
  const readParams = createParamsReader(bodyBytes, rates);
  const write = createPreparedAnswer(config);

  function find(params: GraphQLParams): [PreparedOperation, BoundOperation] | null {
    const { query, operationName, variables } = params;
    for (const name in params) if (!PLAIN_PARAMS.has(name)) return null;
    if (typeof query !== "string" || typeof (variables ?? {}) !== "object" || Array.isArray(variables)) return null;
    const text = requireListed(config.operations, params);
    const operation = text === undefined ? undefined : prepared.find(text, toName(operationName));
    if (!operation) return null;
    requireBounded(variables, config.limits);
    const bound = operation.bind(variables ?? {});
    return bound && bound.complexity <= documentComplexity ? [operation, bound] : null;
  }

  async function prepare(req: IncomingMessage, res: ServerResponse, context: HttpContext): Promise<Known | null> {
    try {
      const admitted = admit(req.headers.authorization, context);
      const viewer = admitted instanceof Promise ? await admitted : admitted;
      const mediaType = answerTypeOf(acceptedOf(req.headers.accept));
      if (mediaType === undefined) return null;
      const found = find(await readParams({ req, res }, context));
      if (!found) return null;
      requireStillValid(viewer, services);
      return { viewer, operation: found[0], bound: found[1], mediaType };
    } catch {
      // yoga meets the same error: what was begun is in the context
      return null;
    }
  }

  function execute({ viewer, operation, bound }: Known, context: HttpContext): Data | Promise<Data> {
    const { record } = context;
    record.operationType = "query";
    record.operationName = operation.name;
    record.isExecuted = true;
    try {
      rates.charge(viewer.actor, bound.complexity);
      context.charge = {};
    } catch (refusal) {
      context.charge = { refusal };
      return null;
    }
    const graphql = makeContext(viewer, record.requestId);
    const release = admission.tryEnter(viewer.actor);
    const data = release
      ? run(bound, release, graphql)
      : admission.enter(viewer.actor).then((later) => run(bound, later, graphql));
    return data instanceof Promise ? withinRequestTime(requestTimeoutMs, data) : data;
  }

  return {
    serves: ({ method, url, headers }: IncomingMessage) =>
      method === "POST" && url === GRAPHQL_PATH && headers["access-control-request-headers"] === undefined,

    /** Resolves to whether the request was answered. */
    async answer(request: IncomingMessage, response: ServerResponse, context: HttpContext): Promise<boolean> {
      const known = await prepare(request, response, context);
      if (!known) return false;
      let data: Data;
      try {
        const found = execute(known, context);
        data = found instanceof Promise ? await found : found;
      } catch (error) {
        context.failure = error;
        return false;
      }
      if (data === null) return false;
      const { record } = context;
      record.viewer = known.viewer;
      context.arrival.end();
      metrics.countExecution("prepared");
      const { mediaType } = known;
      write(request, response, { body: `{"data":${data}}`, mediaType, requestId: record.requestId });
      return true;
    },
  };
}

/** One that is late keeps its place until it is done. */
function run(bound: BoundOperation, release: () => void, context: GraphQLContext): Data | Promise<Data> {
  const data = bound.execute(context);
  if (data instanceof Promise) return releaseAfter(data, release);
  release();
  return data;
}

async function releaseAfter(data: Promise<Data>, release: () => void): Promise<Data> {
  try {
    return await data;
  } finally {
    release();
  }
}
