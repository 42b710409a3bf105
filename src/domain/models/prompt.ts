import type { TagInput } from "../values/tag.js";

/** MLflow keeps prompts as models whose versions have this tag, with the text in another tag and no artifacts. */
export const PROMPT_TAG = "mlflow.prompt.is_prompt";
/** What MLflow's clients send as the source of a version of a prompt. */
export const PROMPT_SOURCE = "dummy-source";

export function isPrompt(tags: readonly TagInput[]): boolean {
  return tags.some(({ key, value }) => key === PROMPT_TAG && value.toLowerCase() === "true");
}
