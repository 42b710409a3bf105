import type { ExecutionArgs, ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import { withinTime } from "../kit/within-time.js";

/** The result of an execution, or a TimeoutError once it takes too long. The execution goes on. */
export function withinRequestTime<T>(timeoutMs: number, execution: T | Promise<T>): Promise<T> {
  const late = `The request took longer than ${timeoutMs} ms. What it changes may still be committed: repeat it with the same idempotencyKey.`;
  return withinTime(timeoutMs, execution, late);
}

/** Responds in time, if need be with a TimeoutError. */
export function useRequestTimeout(timeoutMs: number): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => withinRequestTime(timeoutMs, executeFn(args) as Promise<ExecutionResult>));
    },
  };
}
