/** The fields of an event that say which experiment it is about. */
export function aboutExperiment({ id, name }: { readonly id: string; readonly name: string }) {
  return { subject: { type: "Experiment" as const, id }, experiment: { id, name } };
}

/** The fields of an event that say which dataset it is about. */
export function aboutDataset(id: string) {
  return { subject: { type: "Dataset" as const, id } };
}
