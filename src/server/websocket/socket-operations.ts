import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  getOperationAST,
} from "graphql";
import type { SubscribePayload } from "graphql-ws";
import type { Viewer } from "../../domain/access/actor.js";
import { InvalidDocumentError, UnauthenticatedError } from "../../domain/errors.js";
import { toClientError } from "../../graphql/kit/client-errors.js";
import { toClientResult, withRequestId } from "../kit/client-result.js";
import type { EntryPointServices, Limiters } from "../kit/services.js";
import { requireBounded } from "../limits/variable-bounds.js";
import { requireListed } from "../plugins/operation-list.js";
import { codesOf, type RequestRecord } from "../requests/request-record.js";
import { ClientStream } from "../streams/client-stream.js";
import type { Yoga } from "../yoga.js";

type Run = (args: ExecutionArgs) => Promise<ExecutionResult | ClientStream>;

/** One that was found fit to be executed. */
interface Operation {
  readonly viewer: Viewer;
  readonly args: ExecutionArgs;
  readonly execute: Run;
  readonly subscribe: Run;
}

/** Operations of sockets, through the engine of the HTTP door: each has a context and a request id of its own. */
export function createSocketOperations(yoga: Yoga, services: EntryPointServices, limiters: Limiters) {
  const { config, now, tracker } = services;
  const { rates } = limiters;
  /** Until they are run: nothing of what they are run with is held for as long as a subscription lasts. */
  const operations = new WeakMap<RequestRecord, Operation>();

  function finish(record: RequestRecord, result: ExecutionResult): ExecutionResult {
    record.codes = codesOf(result);
    tracker.endOperation(record);
    return withoutStatus(result);
  }

  async function prepare(viewer: Viewer, payload: SubscribePayload, record: RequestRecord) {
    const { requestId } = record;
    const operationName = payload.operationName ?? null;
    record.viewer = viewer;
    if (now() >= viewer.expiresAt) throw new UnauthenticatedError("The token has expired.", "expired");
    await rates.countOperation(viewer.actor, record.requestBytes);
    requireBounded(payload.variables, config.limits);
    const engine = yoga.getEnveloped({ viewer, record });
    const document = engine.parse(requireListed(config.operations, payload) ?? "");
    const errors = engine.validate(engine.schema, document) as readonly GraphQLError[];
    if (errors.length > 0) return finish(record, toClientResult({ errors }, requestId, services)).errors;
    requireOperation(document, operationName);
    const contextValue: object = await engine.contextFactory();
    const { schema } = engine;
    const args = { schema, document, operationName, variableValues: payload.variables ?? null, contextValue };
    operations.set(record, { viewer, args, execute: engine.execute as Run, subscribe: engine.subscribe as Run });
    return { schema, document, operationName, contextValue: record };
  }

  return {
    /** What to execute, or why not. */
    async prepare(record: RequestRecord, payload: SubscribePayload, requireViewer: () => Viewer) {
      record.requestedName = payload.operationName ?? undefined;
      try {
        return await record.span.run(() => prepare(requireViewer(), payload, record));
      } catch (error) {
        return finish(record, { errors: [toClientError(error, record.requestId, services)] }).errors;
      }
    },

    async run({ contextValue }: ExecutionArgs, kind: "execute" | "subscribe") {
      const record = contextValue as RequestRecord;
      const operation = operations.get(record) as Operation;
      operations.delete(record);
      const { requestId } = record;
      try {
        const result = await record.span.run(() => operation[kind](operation.args));
        if (result instanceof ClientStream) return result;
        return finish(record, withRequestId(toClientResult(result, requestId, services), requestId));
      } catch (error) {
        return finish(record, { errors: [toClientError(error, requestId, services)] });
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
