import type { ExecutionArgs, ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import { withinTime } from "../kit/within-time.js";

/** Responds in time, if need be with a TimeoutError. The execution goes on. */
export function useRequestTimeout(timeoutMs: number): Plugin {
  const late = `The request took longer than ${timeoutMs} ms. What it changes may still be committed: repeat it with the same idempotencyKey.`;
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => withinTime(timeoutMs, executeFn(args) as Promise<ExecutionResult>, late));
    },
  };
}
