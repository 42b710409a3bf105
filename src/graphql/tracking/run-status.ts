import { builder } from "../kit/builder.js";

export const RunStatus = builder.enumType("RunStatus", {
  description: "Where a run is in its life.",
  values: {
    SCHEDULED: { description: "It is to start." },
    RUNNING: { description: "It goes on." },
    FINISHED: { description: "It came to its end." },
    FAILED: { description: "It broke." },
    KILLED: { description: "It was stopped." },
  } as const,
});
