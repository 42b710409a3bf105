const NAMES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  DATASET: ["dataset", "datasets"],
  RUN: ["run", "runs"],
  LOGGED_MODEL: ["logged model", "logged models"],
  MODEL_VERSION: ["version", "versions"],
  DEPLOYMENT: ["endpoint", "endpoints"],
};

/** In the direction in which data flows. */
export const LINEAGE_KINDS: readonly string[] = Object.keys(NAMES);

export function nameOfKind(kind: string, count = 1): string {
  return NAMES[kind]?.[count === 1 ? 0 : 1] ?? kind;
}
