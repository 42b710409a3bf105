import { deleteTag } from "../registry/delete-tag.js";
import { setTag } from "../registry/set-tag.js";
import type { TagTargetRef, TagTarget as Target } from "../registry/tag-target.js";
import { builder } from "./builder.js";
import type { GraphQLContext } from "./context.js";
import { Model } from "./model.js";
import { ModelVersion } from "./model-version.js";
import { readModel, readVersion } from "./read-back.js";
import { ModelRef, ModelVersionRef, toModelRef, toVersionRef } from "./references.js";

const TagTarget = builder.inputType("TagTarget", {
  isOneOf: true,
  description: "What a tag is on: exactly one of these.",
  fields: (t) => ({
    model: t.field({ type: ModelRef, description: "A model." }),
    modelVersion: t.field({ type: ModelVersionRef, description: "A version of a model." }),
  }),
});

function toTagTarget(target: (typeof TagTarget)["$inferInput"]): TagTargetRef {
  if (target.model) return { model: toModelRef("input.on.model", target.model) };
  return { modelVersion: toVersionRef("input.on.modelVersion", target.modelVersion as never) };
}

function readTaggedModel(query: object, { modelId }: Target, args: object, context: GraphQLContext) {
  return readModel(query, { id: modelId }, args, context);
}

function readTaggedVersion(query: object, { versionId }: Target, args: object, context: GraphQLContext) {
  return versionId === null ? (null as never) : readVersion(query, { id: versionId }, args, context);
}

function tagPayload(name: string, description: string) {
  return builder.objectRef<Target>(name).implement({
    description,
    fields: (t) => ({
      model: t.prismaField({ type: Model, nullable: true, description: "The model.", resolve: readTaggedModel }),
      modelVersion: t.prismaField({
        type: ModelVersion,
        nullable: true,
        description: "The version, if the tag is on one.",
        resolve: readTaggedVersion,
      }),
    }),
  });
}

const SetTagPayload = tagPayload("SetTagPayload", "What carries the tag now.");
const DeleteTagPayload = tagPayload("DeleteTagPayload", "What carried the tag.");

builder.mutationFields((t) => ({
  setTag: t.fieldWithInput({
    type: SetTagPayload,
    description: "Sets a tag, in place of the value that its key may have had. Asks for `models:write`.",
    input: {
      on: t.input.field({ type: TagTarget, required: true, description: "What to tag." }),
      key: t.input.string({ required: true, description: "The key: one line, not blank, at most 250 characters." }),
      value: t.input.string({ required: true, description: "The value, at most 100 000 characters." }),
    },
    resolve: (_root, { input }, { commands }) => setTag(commands, { ...input, on: toTagTarget(input.on) }),
  }),
  deleteTag: t.fieldWithInput({
    type: DeleteTagPayload,
    description: "Removes a tag. Asks for `models:write`.",
    input: {
      on: t.input.field({ type: TagTarget, required: true, description: "What carries the tag." }),
      key: t.input.string({ required: true, description: "The key." }),
    },
    resolve: (_root, { input }, { commands }) => deleteTag(commands, { ...input, on: toTagTarget(input.on) }),
  }),
}));
