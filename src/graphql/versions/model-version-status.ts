import { builder } from "../kit/builder.js";

export const ModelVersionStatus = builder.enumType("ModelVersionStatus", {
  description: "Whether a version's artifacts are there.",
  values: {
    PENDING_REGISTRATION: {
      description: "Not yet: the version's source, digest, signature and flavors may still change.",
    },
    READY: { description: "They are there, and what the version is does not change any more." },
    FAILED_REGISTRATION: { description: "They will not come; `statusMessage` says why." },
  } as const,
});
