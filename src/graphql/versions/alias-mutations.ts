import { deleteAlias } from "../../registry/versions/delete-alias.js";
import type { AliasMoved } from "../../registry/versions/move-alias.js";
import { setAlias } from "../../registry/versions/set-alias.js";
import { visibleModel } from "../../store/access/visibility.js";
import { builder } from "../kit/builder.js";
import { IDEMPOTENCY_KEY, PromotionOverrideInput, REASON } from "../kit/mutations.js";
import { visibleRow } from "../kit/visible-rows.js";
import { ModelRef, toModelRef } from "../models/model-ref.js";
import { Alias } from "./alias.js";
import { AliasTransition } from "./alias-transition.js";
import { ModelVersion } from "./model-version.js";
import { ModelVersionRef, toVersionRef } from "./model-version-ref.js";

const readPrevious = visibleRow("ModelVersion", ({ previousVersionId }: AliasMoved) => previousVersionId);
const readTransition = visibleRow("AliasTransition", ({ transitionId }: AliasMoved) => transitionId);

const SetAliasPayload = builder.objectRef<AliasMoved>("SetAliasPayload").implement({
  description:
    "The alias as it is now, and the version that it pointed to before. For a repeated idempotency key, the result of the first request.",
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
    transition: t.field({
      type: AliasTransition,
      nullable: true,
      description: "The recorded move; null if the alias pointed to the version already.",
      resolve: readTransition,
    }),
  }),
});

const DeleteAliasPayload = builder.objectRef<AliasMoved>("DeleteAliasPayload").implement({
  description:
    "The version that the deleted alias pointed to. For a repeated idempotency key, the result of the first request.",
  fields: (t) => ({
    previous: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version that the alias pointed to.",
      resolve: readPrevious,
    }),
    transition: t.field({
      type: AliasTransition,
      nullable: true,
      description: "The recorded move.",
      resolve: readTransition,
    }),
  }),
});

builder.mutationFields((t) => ({
  setAlias: t.fieldWithInput({
    type: SetAliasPayload,
    description:
      "Points an alias of a model to one of its versions. An existing alias moves. Takes either `version`, or `model` and `number`. Requires `aliases:write`. `POLICY_NOT_MET` with the list of rules if policies guard the alias and are not met.",
    input: {
      version: t.input.field({
        type: ModelVersionRef,
        description: "The version to point the alias to: by its id, its number, or another alias.",
      }),
      model: t.input.field({
        type: ModelRef,
        description:
          "Which model. Required beside `number`. Beside `version` it may be absent, and `INVALID_INPUT` if the version is of another model.",
      }),
      alias: t.input.string({
        required: true,
        description: "The alias: `^[\\w-]{1,255}$`, but not `latest` or `v<digits>`.",
      }),
      number: t.input.int({
        description: "The number of the version to point the alias to. Not beside `version`.",
      }),
      expectedNumber: t.input.int({
        description:
          "The number of the version that the alias must point to now, or null if the alias must not exist; otherwise `CONFLICT`. If absent, nothing is checked.",
      }),
      reason: t.input.string({ description: REASON }),
      override: t.input.field({ type: PromotionOverrideInput, description: "Goes past policies that are not met." }),
      idempotencyKey: t.input.string({ description: IDEMPOTENCY_KEY }),
    },
    resolve: (_root, { input }, { commands }) =>
      setAlias(commands, {
        ...input,
        version: input.version && toVersionRef("input.version", input.version),
        model: input.model && toModelRef("input.model", input.model),
      }),
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
      reason: t.input.string({ description: REASON }),
      idempotencyKey: t.input.string({ description: IDEMPOTENCY_KEY }),
    },
    resolve: (_root, { input }, { commands }) =>
      deleteAlias(commands, { ...input, model: toModelRef("input.model", input.model) }),
  }),
}));
