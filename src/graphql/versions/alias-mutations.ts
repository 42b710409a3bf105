import { deleteAlias } from "../../registry/versions/delete-alias.js";
import type { AliasMoved } from "../../registry/versions/move-alias.js";
import { setAlias } from "../../registry/versions/set-alias.js";
import { visibleModel } from "../../store/access/visibility.js";
import { builder } from "../kit/builder.js";
import { readVersion } from "../kit/visible-rows.js";
import { ModelRef, toModelRef } from "../models/model-ref.js";
import type { GraphQLContext } from "../request/context.js";
import { Alias } from "./alias.js";
import { ModelVersion } from "./model-version.js";

function readPrevious(query: object, { previousVersionId }: AliasMoved, args: object, context: GraphQLContext) {
  return previousVersionId === null ? (null as never) : readVersion(query, { id: previousVersionId }, args, context);
}

const SetAliasPayload = builder.objectRef<AliasMoved>("SetAliasPayload").implement({
  description: "The alias where it is now, and where it was.",
  fields: (t) => ({
    alias: t.prismaField({
      type: Alias,
      nullable: true,
      description: "The alias.",
      resolve: (query, { modelId, name }, _args, { db, viewer }) =>
        db.alias.findFirst({ ...query, where: { modelId, name, model: visibleModel(viewer) } }),
    }),
    previous: t.prismaField({
      type: ModelVersion,
      nullable: true,
      description: "The version that the alias was on before; null if it was not set.",
      resolve: readPrevious,
    }),
  }),
});

const DeleteAliasPayload = builder.objectRef<AliasMoved>("DeleteAliasPayload").implement({
  description: "Where the alias was.",
  fields: (t) => ({
    previous: t.prismaField({
      type: ModelVersion,
      nullable: true,
      description: "The version that the alias was on.",
      resolve: readPrevious,
    }),
  }),
});

builder.mutationFields((t) => ({
  setAlias: t.fieldWithInput({
    type: SetAliasPayload,
    description: "Puts an alias on a version of the model, from wherever it was. Asks for `aliases:write`.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      alias: t.input.string({
        required: true,
        description: "The alias: `^[\\w-]{1,255}$`, neither `latest` nor `v<digits>`.",
      }),
      number: t.input.int({ required: true, description: "The number of the version to put it on." }),
      expectedNumber: t.input.int({
        description:
          "The version that the alias must be on now, null if it must not be set, else `CONFLICT`. Absent: no check.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      setAlias(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
  deleteAlias: t.fieldWithInput({
    type: DeleteAliasPayload,
    description: "Removes an alias. Asks for `aliases:write`.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      alias: t.input.string({ required: true, description: "The alias." }),
      expectedNumber: t.input.int({
        description: "The version that the alias must be on now, else `CONFLICT`. Absent: no check.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteAlias(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
}));
