import { builder } from "./builder.js";

export const IfExists = builder.enumType("IfExists", {
  description: "What to do when something of this name exists already.",
  values: {
    FAIL: { description: "Refuse with `ALREADY_EXISTS`." },
    RETURN: { description: "Answer with what exists, unchanged." },
  } as const,
});
