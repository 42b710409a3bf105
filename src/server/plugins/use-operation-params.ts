import type { Plugin } from "graphql-yoga";
import { badRequest } from "../kit/bad-request.js";
import type { EntryPointServices } from "../kit/services.js";
import { requireBounded } from "../limits/variable-bounds.js";
import { requireListed } from "./operation-list.js";

/**
 * Checks the parameters of an HTTP request before its document is parsed: the variables, the name of the operation, and the
 * list of operations.
 */
export function useOperationParams({ limits, operations }: EntryPointServices["config"]): Plugin {
  return {
    onParams({ params, setParams }) {
      requireBounded(params.variables, limits);
      const operationName = toName(params.operationName);
      const query = requireListed(operations, params);
      const { operationName: _given, ...others } = params;
      setParams({ ...others, ...(operationName && { operationName }), ...(query !== undefined && { query }) });
    },
  };
}

/** An empty name is as good as none: clients that generate code send it. */
export function toName(given: unknown): string | null {
  if (given === undefined || given === null || given === "") return null;
  if (typeof given === "string") return given;
  throw badRequest('The parameter "operationName" must be a text.');
}
