import { builder } from "./builder.js";

export const Stage = builder.enumType("Stage", {
  description: "The stage that a version is in.",
  values: {
    NONE: { description: "Not in any other stage. New versions start here." },
    STAGING: { description: "Under test. Only `READY` versions may enter." },
    PRODUCTION: { description: "In use. Only `READY` versions may enter." },
    ARCHIVED: { description: "No longer in use. A version may move back from here." },
  } as const,
});
