import { TooComplexError } from "../../domain/errors.js";
import { STAGES } from "../../domain/versions/stage.js";
import { type Holder as HolderRow, type Holders as HoldersShape, readHolders } from "../../store/versions/holders.js";
import { builder } from "../kit/builder.js";
import { boundedList } from "../kit/conditions.js";
import { Stage } from "../kit/stage.js";
import { loadRow } from "../kit/visible-rows.js";
import { ModelVersion } from "./model-version.js";

/** A client requests more in parts, by the models' names. */
const HOLDERS_MAX = 10_000;

const Holder = builder.objectRef<HolderRow>("Holder").implement({
  description:
    "The version that is the current holder of a stage or that an alias points to. Exactly one of `stage` and `alias` is set.",
  fields: (t) => ({
    modelName: t.exposeString("modelName", { description: "The model's name." }),
    stage: t.field({
      type: Stage,
      nullable: true,
      description: "The stage that the version is the current holder of.",
      resolve: ({ stage }) => stage,
    }),
    alias: t.exposeString("alias", { nullable: true, description: "The alias that points to the version." }),
    versionNumber: t.exposeInt("versionNumber", { description: "The version's number." }),
    since: t.field({
      type: "DateTime",
      description: "When the version became the holder, or when the alias was set.",
      resolve: ({ since }) => new Date(since),
    }),
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version as it is now. Costs one more statement for all holders together.",
      resolve: ({ versionId }, _args, context, info) => loadRow({ context, info }, "ModelVersion", versionId),
    }),
  }),
});

const HolderFilter = builder.inputType("HolderFilter", {
  description: "A filter on holders. Without `stages` and `aliases`, all stages and all aliases are included.",
  fields: (t) => ({
    models: t.stringList({
      description: "Only models whose name matches one of these names or globs. `*` matches any text. At most 200.",
    }),
    stages: t.field({ type: [Stage], description: "The holders of these stages." }),
    aliases: t.stringList({ description: "The versions that these aliases point to. At most 200." }),
  }),
});

const Holders = builder.objectRef<HoldersShape>("Holders").implement({
  description: "The holders of stages and aliases, and the position in the log at which they were read.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", {
      description:
        "The list contains every change up to this position. `after: cursor` of a subscription continues from it without a gap.",
    }),
    holders: t.field({
      type: [Holder],
      description: "The holders, ordered by model, then stage, then alias.",
      resolve: ({ holders }) => holders,
    }),
  }),
});

builder.queryField("holders", (t) =>
  t.field({
    type: Holders,
    description: `The current holders of stages and aliases, with the cursor from which to watch for changes. One statement reads both, so a watcher starts with it, and starts again with it after \`HISTORY_COMPACTED\` or \`HISTORY_DIVERGED\`. More than ${HOLDERS_MAX} holders are \`TOO_COMPLEX\`.`,
    complexity: { field: 10, multiplier: 20 },
    args: { where: t.arg({ type: HolderFilter, description: "Which holders. Default: all that the viewer may see." }) },
    resolve: async (_root, { where }, { db, viewer }) => {
      const { models, stages, aliases } = where ?? {};
      const isAll = !stages && !aliases;
      const filter = {
        models: models ? boundedList("where.models", models) : null,
        stages: isAll ? STAGES : (stages ?? []),
        aliases: isAll ? null : boundedList("where.aliases", aliases ?? []),
      };
      const found = await readHolders(db, viewer, filter, HOLDERS_MAX + 1);
      if (found.holders.length <= HOLDERS_MAX) return found;
      throw new TooComplexError(
        `There are more than ${HOLDERS_MAX} holders. Use where.models to request fewer at once.`,
        {},
      );
    },
  }),
);
