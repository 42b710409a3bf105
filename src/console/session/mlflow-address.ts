/**
 * The place of a link of MLflow, from its fragment: a run, an experiment, a model or a version of it. Null if it is none.
 * Its client prints such links: "View run … at: …/#/experiments/1/runs/…".
 */
export function placeOfMlflowLink(hash: string): string | null {
  const parts = hash.split("?", 1)[0]?.split("/") ?? [];
  const [start, noun, name, next, id] = parts;
  if (start !== "#" || !name) return null;
  if (noun === "experiments") return next === "runs" && id ? `/runs/${id}` : `/experiments/${name}`;
  if (noun === "models") return next === "versions" && id ? `/models/${name}/versions/${id}` : `/models/${name}`;
  return null;
}
