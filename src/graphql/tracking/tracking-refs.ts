import type { DatasetRef as DatasetReference } from "../../domain/tracking/dataset.js";
import type { ExperimentRef as ExperimentReference } from "../../registry/across/tracking-lookup.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";

export const ExperimentRef = builder.inputType("ExperimentRef", {
  isOneOf: true,
  description: "A reference to an experiment. Set exactly one field.",
  fields: (t) => ({
    id: t.id({ description: "The experiment's global id." }),
    name: t.string({ description: "The name of an experiment that is not deleted." }),
  }),
});

const DatasetIdentity = builder.inputType("DatasetIdentity", {
  description: "A dataset that is not deleted, by its name and digest.",
  fields: (t) => ({
    name: t.string({ required: true, description: "The dataset's name." }),
    digest: t.string({ required: true, description: "The dataset's digest." }),
  }),
});

export const DatasetRef = builder.inputType("DatasetRef", {
  isOneOf: true,
  description: "A reference to a dataset. Set exactly one field.",
  fields: (t) => ({
    id: t.id({ description: "The dataset's global id." }),
    identity: t.field({ type: DatasetIdentity, description: "Its name and digest." }),
  }),
});

export function toExperimentRef(field: string, ref: typeof ExperimentRef.$inferInput): ExperimentReference {
  return ref.id === undefined ? { name: ref.name } : { id: parseId(`${field}.id`, ref.id, "Experiment") };
}

export type GivenDataset = typeof DatasetRef.$inferInput;

export function toDatasetRef(field: string, ref: GivenDataset): DatasetReference {
  return ref.id === undefined ? ref.identity : { id: parseId(`${field}.id`, ref.id, "Dataset") };
}
