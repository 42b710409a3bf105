import { builder } from "../kit/builder.js";

export const LoggedModelStatus = builder.enumType("LoggedModelStatus", {
  description: "Whether the artifacts of a logged model are complete.",
  values: {
    PENDING: { description: "The artifacts are still to come." },
    READY: { description: "All artifacts are there." },
    UPLOAD_FAILED: { description: "The upload failed." },
  } as const,
});
