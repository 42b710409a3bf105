import { builder } from "../kit/builder.js";
import { Stage } from "../kit/stage.js";
import { PrincipalsInput } from "./principals.js";

const SelectorTagInput = builder.inputType("SelectorTagInput", {
  description: "A tag of models.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The key." }),
    values: t.stringList({ required: true, description: "The model has one of these values, or no such tag." }),
  }),
});

export const PolicySelectorInput = builder.inputType("PolicySelectorInput", {
  description: "Which models a policy is about. Both conditions must hold.",
  fields: (t) => ({
    models: t.stringList({
      defaultValue: ["*"],
      description: "The name matches one of these names or globs. `*` matches any text.",
    }),
    tags: t.field({
      type: [SelectorTagInput],
      description:
        "Each of these tags has one of its values. A model that lacks a tag is selected too, so that forgetting it opens no gate.",
    }),
  }),
});

export const PolicyTargetInput = builder.inputType("PolicyTargetInput", {
  description: "What a policy guards: at least one stage or alias.",
  fields: (t) => ({
    stages: t.field({ type: [Stage], description: "STAGING, PRODUCTION or both." }),
    aliases: t.stringList({ description: "Aliases or globs of aliases. `*` matches any text." }),
  }),
});

const ReservedTagsInput = builder.inputType("ReservedTagsInput", {
  description: "Tags that only some may set and delete.",
  fields: (t) => ({
    keys: t.stringList({ required: true, description: "Keys or globs of keys. `*` matches any text." }),
    from: t.field({ type: PrincipalsInput, required: true, description: "Who may set and delete them." }),
  }),
});

export const PolicyProtectionInput = builder.inputType("PolicyProtectionInput", {
  description: "What stays as it is, and who may change what is left.",
  fields: (t) => ({
    freezeDescription: t.boolean({
      defaultValue: false,
      description: "Whether descriptions of the version and of its model cannot change while it holds the target.",
    }),
    freezeTags: t.boolean({
      defaultValue: false,
      description: "Whether tags of the version and of its model cannot change while it holds the target.",
    }),
    reservedTags: t.field({
      type: [ReservedTagsInput],
      description:
        "Tags of the model and of its versions that are reserved. The selector's tags are reserved to the scope `policies:write`, unless an entry names them.",
    }),
    movers: t.field({
      type: PrincipalsInput,
      description:
        "Who may move a version onto the target or off it, and delete a guarded alias, beside the scopes that it takes. Default: everybody.",
    }),
  }),
});
