import { builder } from "../kit/builder.js";

export const ModelKind = builder.enumType("ModelKind", {
  description: "What the versions of a model are.",
  values: {
    MODEL: { description: "Models: artifacts that are loaded and served." },
    PROMPT: {
      description:
        "Prompts: texts, as MLflow clients register them, with the tag `mlflow.prompt.is_prompt` at registration.",
    },
  } as const,
});
