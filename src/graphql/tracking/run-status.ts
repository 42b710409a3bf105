import { builder } from "../kit/builder.js";

export const RunStatus = builder.enumType("RunStatus", {
  description: "The status of a run.",
  values: {
    SCHEDULED: { description: "Not started yet." },
    RUNNING: { description: "In progress." },
    FINISHED: { description: "Finished successfully." },
    FAILED: { description: "Finished with an error." },
    KILLED: { description: "Stopped before the end." },
  } as const,
});
