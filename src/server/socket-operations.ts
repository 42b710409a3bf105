import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  getOperationAST,
} from "graphql";
import type { SubscribePayload } from "graphql-ws";
import type { Viewer } from "../domain/actor.js";
import { InvalidDocumentError, UnauthenticatedError } from "../domain/errors.js";
import { toClientError } from "../graphql/errors.js";
import { requireListed } from "./operation-list.js";
import { logRequest } from "./request-log.js";
import { codesOf, isStream, toClientResult, toClientStream } from "./results.js";
import type { DoorServices, Guards } from "./services.js";
import { requireBounded } from "./variable-bounds.js";
import type { Yoga } from "./yoga.js";

type Run = (args: ExecutionArgs) => Promise<ExecutionResult | AsyncIterable<ExecutionResult>>;

interface Asked {
  readonly requestId: string;
  readonly startedAt: number;
  readonly operationName: string | null;
}

interface Operation extends Asked {
  readonly viewer: Viewer;
  readonly execute: Run;
  readonly subscribe: Run;
}

/** Operations of sockets, through the engine of the HTTP door: each has a context and a request id of its own. */
export function createSocketOperations(yoga: Yoga, { config, log, now }: DoorServices, { rates, open }: Guards) {
  const operations = new WeakMap<object, Operation>();

  function note({ requestId, startedAt, operationName }: Asked, result: ExecutionResult): ExecutionResult {
    const ms = now().getTime() - startedAt;
    logRequest(log, { requestId, method: "WS", ms, operationName, codes: codesOf(result) });
    return withoutStatus(result);
  }

  async function prepare(viewer: Viewer, payload: SubscribePayload, asked: Asked) {
    const { requestId, operationName } = asked;
    if (now() >= viewer.expiresAt) throw new UnauthenticatedError("The token has expired.");
    await rates.countOperation(viewer.actor);
    requireBounded(payload.variables, config.limits);
    const engine = yoga.getEnveloped({ viewer, requestId });
    const document = engine.parse(requireListed(config.operations, payload) ?? "");
    const errors = engine.validate(engine.schema, document) as readonly GraphQLError[];
    if (errors.length > 0) return note(asked, toClientResult({ errors }, requestId, log)).errors;
    requireOperation(document, operationName);
    const contextValue: object = await engine.contextFactory();
    const runs = { execute: engine.execute as Run, subscribe: engine.subscribe as Run };
    operations.set(contextValue, { ...asked, viewer, ...runs });
    const variableValues = payload.variables ?? null;
    return { schema: engine.schema, document, operationName, variableValues, contextValue };
  }

  return {
    /** What to execute, or why not. */
    async open(requestId: string, payload: SubscribePayload, requireViewer: () => Viewer) {
      const asked = { requestId, startedAt: now().getTime(), operationName: payload.operationName ?? null };
      try {
        return await prepare(requireViewer(), payload, asked);
      } catch (error) {
        return note(asked, { errors: [toClientError(error, requestId, log)] }).errors;
      }
    },

    async run(args: ExecutionArgs, kind: "execute" | "subscribe") {
      const operation = operations.get(args.contextValue as object) as Operation;
      const { requestId } = operation;
      try {
        const result = await operation[kind](args);
        if (!isStream(result)) return note(operation, toClientResult(result, requestId, log));
        const stream = toClientStream(result, { ...operation, log, open });
        note(operation, {});
        return stream;
      } catch (error) {
        return note(operation, { errors: [toClientError(error, requestId, log)] });
      }
    },
  };
}

/** Graphql-ws refuses these itself, but without a code; the sentence is that of the other door. */
function requireOperation(document: DocumentNode, name: string | null): void {
  if (!getOperationAST(document, name))
    throw new InvalidDocumentError("Could not determine what operation to execute.");
}

/** Yoga notes on an error which HTTP status it asks for; here there is none to choose. */
function withoutStatus(result: ExecutionResult): ExecutionResult {
  for (const { extensions } of result.errors ?? []) delete extensions.http;
  return result;
}
