import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphQLParams } from "graphql-yoga";
import type { Viewer } from "../../domain/access/actor.js";
import type { BoundOperation, PreparedOperation } from "../../graphql/prepared/prepared-operation.js";
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
      const viewer = await admit(req.headers.authorization, context);
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

  async function run(bound: BoundOperation, { actor }: Viewer, context: ReturnType<typeof makeContext>) {
    const release = await admission.enter(actor);
    try {
      return await bound.execute(context);
    } finally {
      release();
    }
  }

  /** The answer; null if yoga must give it. */
  async function execute({ viewer, operation, bound, mediaType }: Known, context: HttpContext) {
    const { record } = context;
    record.operationType = "query";
    record.operationName = operation.name;
    const graphql = makeContext(viewer, record.requestId);
    record.isExecuted = true;
    context.charge = rates.charge(viewer.actor, bound.complexity);
    try {
      await context.charge;
    } catch {
      return null;
    }
    try {
      const data = await withinRequestTime(requestTimeoutMs, run(bound, viewer, graphql));
      return data === null ? null : { body: `{"data":${data}}`, mediaType };
    } catch (error) {
      context.failure = error;
      return null;
    }
  }

  return {
    serves: ({ method, url, headers }: IncomingMessage) =>
      method === "POST" && url === GRAPHQL_PATH && headers["access-control-request-headers"] === undefined,

    /** Resolves to whether the request was answered. */
    async answer(request: IncomingMessage, response: ServerResponse, context: HttpContext): Promise<boolean> {
      const known = await prepare(request, response, context);
      if (!known) return false;
      const answer = await execute(known, context);
      if (!answer) return false;
      const { record } = context;
      record.viewer = known.viewer;
      context.arrival.end();
      metrics.countExecution("prepared");
      write(request, response, { ...answer, requestId: record.requestId });
      return true;
    },
  };
}
