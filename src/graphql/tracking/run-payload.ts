import { builder } from "../kit/builder.js";
import { readRun } from "../kit/visible-rows.js";
import { Run } from "./run.js";

/** The payload of a mutation that answers with a run. */
export function runPayload(name: string, description: string) {
  return builder.objectRef<{ id: string }>(name).implement({
    description,
    fields: (t) => ({
      run: t.prismaField({ type: Run, nullable: true, description: "The run.", resolve: readRun }),
    }),
  });
}
