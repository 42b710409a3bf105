import { z } from "zod";

/** The name of a logged model that is to be made, if it has one. The registry's own rules come after these, which have MLflow's words. */
export const newLoggedModelName = z
  .string()
  .optional()
  .superRefine((name = "", context) => {
    if (!/[/:.%"']/.test(name)) return;
    const rule = `Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`;
    context.addIssue({ code: "custom", message: `Invalid model name ('${name}') provided. ${rule}` });
  });
