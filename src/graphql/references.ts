import type { ModelRef as ModelReference, ModelVersionRef as VersionReference } from "../registry/references.js";
import type { ExperimentRef as ExperimentReference } from "../registry/tracking-references.js";
import type { DatasetReference } from "../store/dataset-lookup.js";
import { builder } from "./builder.js";
import { parseId, parseRunReference } from "./ids.js";

export const ModelRef = builder.inputType("ModelRef", {
  isOneOf: true,
  description: "A model, by exactly one of these.",
  fields: (t) => ({
    id: t.id({ description: "The model's global id." }),
    name: t.string({ description: "The name of a living model." }),
  }),
});

const ModelNumberRef = builder.inputType("ModelNumberRef", {
  description: "A version by its model's name and its number.",
  fields: (t) => ({
    model: t.string({ required: true, description: "The model's name." }),
    number: t.int({ required: true, description: "The version's number." }),
  }),
});

const ModelAliasRef = builder.inputType("ModelAliasRef", {
  description: "A version by its model's name and an alias.",
  fields: (t) => ({
    model: t.string({ required: true, description: "The model's name." }),
    alias: t.string({ required: true, description: "The alias." }),
  }),
});

export const ModelVersionRef = builder.inputType("ModelVersionRef", {
  isOneOf: true,
  description: "A version, by exactly one of these.",
  fields: (t) => ({
    id: t.id({ description: "The version's global id." }),
    number: t.field({ type: ModelNumberRef, description: "Its model's name and its number." }),
    alias: t.field({ type: ModelAliasRef, description: "Its model's name and an alias on it." }),
  }),
});

export function toModelRef(field: string, ref: (typeof ModelRef)["$inferInput"]): ModelReference {
  return typeof ref.id === "string" ? { id: parseId(`${field}.id`, ref.id, "Model") } : { name: ref.name as string };
}

export function toVersionRef(field: string, ref: (typeof ModelVersionRef)["$inferInput"]): VersionReference {
  if (typeof ref.id === "string") return { id: parseId(`${field}.id`, ref.id, "ModelVersion") };
  if (ref.number) return { number: ref.number };
  return { alias: ref.alias as { model: string; alias: string } };
}

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

/** A run's own id; absent and null stay what they are. */
export function toRunId(field: string, text: string | null | undefined): string | null | undefined {
  return typeof text === "string" ? parseRunReference(field, text) : text;
}
