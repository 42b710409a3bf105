import type { ExecutionArgs, ExecutionResult, GraphQLError } from "graphql";
import type { SubscribePayload } from "graphql-ws";
import type { Viewer } from "../../domain/access/actor.js";
import { UnauthenticatedError } from "../../domain/errors.js";
import { toClientError } from "../../graphql/kit/client-errors.js";
import { toClientResult, withRequestId } from "../kit/client-result.js";
import { requireOperation } from "../kit/selected-operation.js";
import type { EntryPointServices, Limiters } from "../kit/services.js";
import { requireBounded } from "../limits/variable-bounds.js";
import { requireListed } from "../plugins/operation-list.js";
import { codesOf, type RequestRecord } from "../requests/request-record.js";
import { ClientStream } from "../streams/client-stream.js";
import type { Yoga } from "../yoga.js";

type Run = (args: ExecutionArgs) => Promise<ExecutionResult | ClientStream>;

/** A valid operation, ready to be executed. */
interface Operation {
  readonly args: ExecutionArgs;
  readonly execute: Run;
  readonly subscribe: Run;
}

/** Runs the operations of sockets through the GraphQL engine of HTTP, each with its own context and request id. */
export function createSocketOperations(yoga: Yoga, services: EntryPointServices, limiters: Limiters) {
  const { config, now, tracker } = services;
  const { rates } = limiters;
  /** Removed when they run, so that a subscription does not keep them in memory. */
  const prepared = new WeakMap<RequestRecord, Operation>();

  function finish(record: RequestRecord, result: ExecutionResult): ExecutionResult {
    record.codes = codesOf(result);
    tracker.endOperation(record);
    return withoutStatus(result);
  }

  async function prepareFor(viewer: Viewer, payload: SubscribePayload, record: RequestRecord) {
    const { requestId } = record;
    const operationName = payload.operationName || null;
    record.viewer = viewer;
    if (now() >= viewer.expiresAt) throw new UnauthenticatedError("The token has expired.", "expired");
    rates.countOperation(viewer.actor, record.requestBytes);
    requireBounded(payload.variables, config.limits);
    const engine = yoga.getEnveloped({ viewer, record });
    const document = engine.parse(requireListed(config.operations, payload) ?? "");
    const errors = engine.validate(engine.schema, document) as readonly GraphQLError[];
    if (errors.length > 0) return finish(record, toClientResult({ errors }, requestId, services)).errors;
    // graphql-ws refuses these itself, but without a code
    requireOperation(document, operationName);
    const contextValue: object = await engine.contextFactory();
    const { schema } = engine;
    const args = { schema, document, operationName, variableValues: payload.variables ?? null, contextValue };
    prepared.set(record, { args, execute: engine.execute as Run, subscribe: engine.subscribe as Run });
    return { schema, document, operationName, contextValue: record };
  }

  return {
    /** Returns what graphql-ws passes to `run`, or the errors of an operation that is refused. */
    async prepare(record: RequestRecord, payload: SubscribePayload, requireViewer: () => Viewer) {
      record.requestedName = payload.operationName ?? undefined;
      try {
        return await record.span.run(() => prepareFor(requireViewer(), payload, record));
      } catch (error) {
        return finish(record, { errors: [toClientError(error, record.requestId, services)] }).errors;
      }
    },

    async run({ contextValue }: ExecutionArgs, kind: "execute" | "subscribe") {
      const record = contextValue as RequestRecord;
      const operation = prepared.get(record) as Operation;
      prepared.delete(record);
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

/** Removes the HTTP status that yoga stores in an error. */
function withoutStatus(result: ExecutionResult): ExecutionResult {
  for (const { extensions } of result.errors ?? []) delete extensions.http;
  return result;
}
