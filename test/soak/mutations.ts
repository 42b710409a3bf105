const STAGES = ["STAGING", "PRODUCTION", "ARCHIVED", "NONE"] as const;

/** Commands on a model, made from a random number. Some are refused, because the version does not exist yet. */
export const MUTATIONS: readonly ((name: string, random: number) => string)[] = [
  (name) =>
    `createModelVersion(input: {model: {name: "${name}"}, createModel: true, source: "s3://b/x", aliases: ["a", "b"]}) { modelVersion { number model { name } } }`,
  (name, random) =>
    `transitionModelVersion(input: {version: {alias: {model: "${name}", alias: "a"}}, to: ${STAGES[random % 4]}, archiveExisting: ${random % 8 < 4}}) { modelVersion { id } }`,
  (name, random) =>
    `setAlias(input: {model: {name: "${name}"}, alias: "a", number: ${1 + (random % 5)}}) { alias { name } }`,
  (name, random) => `setTag(input: {on: {model: {name: "${name}"}}, key: "k", value: "${random}"}) { model { id } }`,
];
