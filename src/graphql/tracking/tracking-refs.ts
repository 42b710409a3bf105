import type { DatasetRef as DatasetReference } from "../../domain/tracking/dataset.js";
import type { ExperimentRef as ExperimentReference } from "../../registry/across/tracking-lookup.js";
import { builder } from "../kit/builder.js";
import { parseId } from "../kit/ids.js";

export const ExperimentRef = builder.inputType("ExperimentRef", {
  isOneOf: true,
  description: "An experiment, by exactly one of these.",
  fields: (t) => ({
    id: t.id({ description: "The experiment's global id." }),
    name: t.string({ description: "The name of a living experiment." }),
  }),
});

const DatasetIdentity = builder.inputType("DatasetIdentity", {
  description: "A living dataset by what it is known by.",
  fields: (t) => ({
    name: t.string({ required: true, description: "The dataset's name." }),
    digest: t.string({ required: true, description: "The dataset's digest." }),
  }),
});

export const DatasetRef = builder.inputType("DatasetRef", {
  isOneOf: true,
  description: "A dataset, by exactly one of these.",
  fields: (t) => ({
    id: t.id({ description: "The dataset's global id." }),
    identity: t.field({ type: DatasetIdentity, description: "Its name and digest." }),
  }),
});

export function toExperimentRef(field: string, ref: (typeof ExperimentRef)["$inferInput"]): ExperimentReference {
  return typeof ref.id === "string"
    ? { id: parseId(`${field}.id`, ref.id, "Experiment") }
    : { name: ref.name as string };
}

export interface GivenDataset {
  readonly id?: string | null | undefined;
  readonly identity?: { readonly name: string; readonly digest: string } | null | undefined;
}

export function toDatasetRef(field: string, ref: GivenDataset): DatasetReference {
  return typeof ref.id === "string"
    ? { id: parseId(`${field}.id`, ref.id, "Dataset") }
    : (ref.identity as { name: string; digest: string });
}
