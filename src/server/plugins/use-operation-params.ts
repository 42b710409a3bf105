import type { Plugin } from "graphql-yoga";
import type { EntryPointServices } from "../kit/services.js";
import { requireBounded } from "../limits/variable-bounds.js";
import { requireListed } from "./operation-list.js";

/** Checks the parameters of an HTTP request before its document is parsed: the variables, and the list of operations. */
export function useOperationParams({ limits, operations }: EntryPointServices["config"]): Plugin {
  return {
    onParams({ params, setParams }) {
      requireBounded(params.variables, limits);
      const query = requireListed(operations, params);
      if (query !== undefined && query !== params.query) setParams({ ...params, query });
    },
  };
}
