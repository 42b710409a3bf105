import { isOverridable, unmetRules } from "../../domain/governance/decide.js";
import { visibleResults } from "../../domain/governance/evidence-visibility.js";
import { parseReason } from "../../domain/versions/reason.js";
import { type PromotionPreview as Preview, previewPromotion } from "../../store/governance/preview-promotion.js";
import { builder } from "../kit/builder.js";
import { ModelVersionRef, toVersionRef } from "../versions/model-version-ref.js";
import { GuardingPolicy, RuleResult } from "./rule-result.js";
import { PromotionTarget, toTarget } from "./target.js";

const PromotionPreview = builder.objectRef<Preview>("PromotionPreview").implement({
  description:
    "What would happen if the viewer promoted a version now. Nothing is locked: it may change before the move.",
  fields: (t) => ({
    allowed: t.boolean({
      description: "Whether the promotion would go through.",
      resolve: ({ obstacles, results }) => obstacles.length === 0 && unmetRules(results).length === 0,
    }),
    canOverride: t.boolean({
      description: "Whether `policies:override` could go past the rules that are not met. True if all are met.",
      resolve: ({ results }) => unmetRules(results).every(isOverridable),
    }),
    obstacles: t.stringList({
      description:
        "What else is in the way, as sentences: scopes that the viewer lacks, the version's stage and status, movers.",
      resolve: ({ obstacles }) => [...obstacles],
    }),
    policies: t.field({
      type: [GuardingPolicy],
      description: "The policies that guard the target.",
      resolve: ({ policies }) => [...policies],
    }),
    rules: t.field({
      type: [RuleResult],
      description: "What each rule says.",
      resolve: ({ results }, _args, { viewer }) => visibleResults(viewer, results),
    }),
  }),
});

builder.queryField("previewPromotion", (t) =>
  t.field({
    type: PromotionPreview,
    nullable: true,
    description:
      "What policies, scopes and stages say about a promotion, by the code that the promotion itself runs. Null if there is no such version, it is deleted or the viewer may not see it. A fixed number of statements, whatever the number of policies.",
    args: {
      version: t.arg({ type: ModelVersionRef, required: true, description: "Which version." }),
      target: t.arg({ type: PromotionTarget, required: true, description: "What it would be promoted to." }),
      reason: t.arg.string({ description: "The reason that the move would give." }),
      archiveExisting: t.arg.boolean({
        defaultValue: false,
        description: "Whether the move would archive the other versions in the stage. An alias has one version anyway.",
      }),
      isRollback: t.arg.boolean({
        defaultValue: false,
        description: "Whether `rollback` would make the move, which does not ask every rule.",
      }),
    },
    resolve: (_root, { version, target, reason, archiveExisting, isRollback }, { db, viewer, commands, now }) =>
      previewPromotion(db, viewer, {
        version: toVersionRef("version", version),
        move: {
          target: toTarget("target", target),
          reason: parseReason("reason", reason),
          isRollback: isRollback ?? false,
          replacesHolders: (archiveExisting ?? false) || target.alias !== undefined,
        },
        at: now(),
        people: commands.people,
      }),
  }),
);
