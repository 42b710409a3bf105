import { builder } from "../kit/builder.js";
import { Stage } from "../kit/stage.js";
import { PrincipalsInput } from "./principals.js";

const SelectorTagInput = builder.inputType("SelectorTagInput", {
  description: "A tag of models.",
  fields: (t) => ({
    key: t.string({ required: true, description: "The key." }),
    values: t.stringList({
      required: true,
      description: "The model has the tag with one of these values, or lacks the tag. 1 to 100 values.",
    }),
  }),
});

export const PolicySelectorInput = builder.inputType("PolicySelectorInput", {
  description: "Which models a policy is about: those that both `models` and `tags` select.",
  fields: (t) => ({
    models: t.stringList({
      defaultValue: ["*"],
      description: "Names or globs, at most 100: the model's name matches one of them. `*` matches any text.",
    }),
    tags: t.field({
      type: [SelectorTagInput],
      description:
        "Tags of the model: all of them must match, at most 20. A model that lacks a tag is selected too, so that forgetting the tag opens no gate.",
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
  description: "What a policy in the mode ENFORCE protects, beside its rules.",
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
        "Tags of the model and of its versions that only some may set and delete, at most 50 entries. The selector's tags on models are reserved to the scope `policies:write`, unless an entry names them.",
    }),
    movers: t.field({
      type: PrincipalsInput,
      description:
        "Who may move a version onto the target or off it, and delete a guarded alias. They also need the scopes of the move. Default: everybody who has the scopes.",
    }),
  }),
});
