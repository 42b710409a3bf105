import { deleteAlias } from "../../registry/versions/delete-alias.js";
import type { AliasMoved } from "../../registry/versions/move-alias.js";
import { setAlias } from "../../registry/versions/set-alias.js";
import { visibleModel } from "../../store/access/visibility.js";
import { builder } from "../kit/builder.js";
import { visibleRow } from "../kit/visible-rows.js";
import { ModelRef, toModelRef } from "../models/model-ref.js";
import { Alias } from "./alias.js";
import { ModelVersion } from "./model-version.js";

const readPrevious = visibleRow("ModelVersion", ({ previousVersionId }: AliasMoved) => previousVersionId);

const SetAliasPayload = builder.objectRef<AliasMoved>("SetAliasPayload").implement({
  description: "The alias as it is now, and the version that it pointed to before.",
  fields: (t) => ({
    alias: t.prismaField({
      type: Alias,
      nullable: true,
      description: "The alias.",
      resolve: (query, { modelId, name }, _args, { db, viewer }) =>
        db.alias.findFirst({ ...query, where: { modelId, name, model: visibleModel(viewer) } }),
    }),
    previous: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version that the alias pointed to before; null if the alias is new.",
      resolve: readPrevious,
    }),
  }),
});

const DeleteAliasPayload = builder.objectRef<AliasMoved>("DeleteAliasPayload").implement({
  description: "The version that the deleted alias pointed to.",
  fields: (t) => ({
    previous: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version that the alias pointed to.",
      resolve: readPrevious,
    }),
  }),
});

builder.mutationFields((t) => ({
  setAlias: t.fieldWithInput({
    type: SetAliasPayload,
    description: "Points an alias to a version of the model. An existing alias moves. Requires `aliases:write`.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      alias: t.input.string({
        required: true,
        description: "The alias: `^[\\w-]{1,255}$`, but not `latest` or `v<digits>`.",
      }),
      number: t.input.int({ required: true, description: "The number of the version to point the alias to." }),
      expectedNumber: t.input.int({
        description:
          "The number of the version that the alias must point to now, or null if the alias must not exist; otherwise `CONFLICT`. If absent, nothing is checked.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      setAlias(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
  deleteAlias: t.fieldWithInput({
    type: DeleteAliasPayload,
    description: "Deletes an alias. Requires `aliases:write`.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      alias: t.input.string({ required: true, description: "The alias." }),
      expectedNumber: t.input.int({
        description:
          "The number of the version that the alias must point to now; otherwise `CONFLICT`. If absent, nothing is checked.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteAlias(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
}));
