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
