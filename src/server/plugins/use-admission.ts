import type { ExecutionArgs } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { EntryPointContext } from "../kit/services.js";
import type { Admission } from "../limits/admission.js";

/** Executes only as many operations at once as the process has places for. One that times out keeps its place until it is done. */
export function useAdmission(admission: Admission): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(async (args: ExecutionArgs) => {
        const release = await admission.enter((args.contextValue as EntryPointContext).viewer.actor);
        try {
          return await executeFn(args);
        } finally {
          release();
        }
      });
    },
  };
}
