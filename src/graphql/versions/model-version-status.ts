import { builder } from "../kit/builder.js";

export const ModelVersionStatus = builder.enumType("ModelVersionStatus", {
  description: "Whether a version's artifacts are available.",
  values: {
    PENDING_REGISTRATION: {
      description: "Not yet available. The version's source, digest, signature, flavors and run may still change.",
    },
    READY: { description: "Available. The version's source, digest, signature, flavors and run are fixed." },
    FAILED_REGISTRATION: { description: "They will not become available. `statusMessage` has the reason." },
  } as const,
});
