import { builder } from "./builder.js";

export const Stage = builder.enumType("Stage", {
  description: "The shelf that a version stands on.",
  values: {
    NONE: { description: "Where a version is registered." },
    STAGING: { description: "Being tried. Only `READY` versions enter." },
    PRODUCTION: { description: "In use. Only `READY` versions enter." },
    ARCHIVED: { description: "Out of use; it may come back." },
  } as const,
});

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
