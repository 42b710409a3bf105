import type { GraphQLResolveInfo } from "graphql";
import { TooComplexError } from "../../domain/errors.js";
import { STAGES } from "../../domain/versions/stage.js";
import { type Holder as HolderRow, type Holders as HoldersShape, readHolders } from "../../store/versions/holders.js";
import { builder } from "../kit/builder.js";
import { boundedList } from "../kit/conditions.js";
import type { Row } from "../kit/row-selection.js";
import { Stage } from "../kit/stage.js";
import { readRows } from "../kit/visible-rows.js";
import type { GraphQLContext } from "../request/context.js";
import { ModelVersion } from "./model-version.js";

/** More is asked for in parts, by the models' names. */
const HOLDERS_MAX = 10_000;

/** A holder, and the versions of all of them: they are read together, once for each place that asks for them. */
interface ShownHolder extends HolderRow {
  readonly all: readonly HolderRow[];
  readonly rows: Map<number, Promise<Map<string, Row>>>;
}

async function readVersion(context: GraphQLContext, info: GraphQLResolveInfo, { versionId, all, rows }: ShownHolder) {
  const place = info.fieldNodes[0]?.loc?.start ?? 0;
  const ids = all.map((holder) => holder.versionId);
  const reading = rows.get(place) ?? readRows(context, info, "ModelVersion", ids);
  rows.set(place, reading);
  return (await reading).get(versionId) ?? null;
}

const Holder = builder.objectRef<ShownHolder>("Holder").implement({
  description:
    "A version that stands on a stage, or that an alias points to: exactly one of `stage` and `alias` is there.",
  fields: (t) => ({
    modelName: t.exposeString("modelName", { description: "The model's name." }),
    stage: t.field({
      type: Stage,
      nullable: true,
      description: "The stage whose current holder the version is.",
      resolve: ({ stage }) => stage,
    }),
    alias: t.exposeString("alias", { nullable: true, description: "The alias that points to the version." }),
    versionNumber: t.exposeInt("versionNumber", { description: "The version's number." }),
    since: t.field({
      type: "DateTime",
      description: "Since when.",
      resolve: ({ since }) => new Date(since),
    }),
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version as it is now: one more statement for all holders.",
      resolve: (holder, _args, context, info) => readVersion(context, info, holder),
    }),
  }),
});

const HolderFilter = builder.inputType("HolderFilter", {
  description: "Which holders. With neither `stages` nor `aliases`, all of both.",
  fields: (t) => ({
    models: t.stringList({
      description: "Of models whose name matches one of these: names or globs in which `*` stands for anything.",
    }),
    stages: t.field({ type: [Stage], description: "Who stands on these stages." }),
    aliases: t.stringList({ description: "What these aliases point to." }),
  }),
});

const Holders = builder.objectRef<HoldersShape>("Holders").implement({
  description: "Who stands where, and the place in the log that this is true of.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", {
      description: "Everything up to here is in the list: `after: cursor` of a subscription goes on without a gap.",
    }),
    holders: t.field({
      type: [Holder],
      description: "By model, then stage, then alias.",
      resolve: ({ holders }) => {
        const rows: ShownHolder["rows"] = new Map();
        return holders.map((holder) => ({ ...holder, all: holders, rows }));
      },
    }),
  }),
});

builder.queryField("holders", (t) =>
  t.field({
    type: Holders,
    description: `Who stands on which stage and under which alias, with the cursor to watch on from, in one statement: how a watcher begins, and how it begins again after \`HISTORY_COMPACTED\` or \`HISTORY_DIVERGED\`. At most ${HOLDERS_MAX}; more is \`TOO_COMPLEX\`.`,
    complexity: { field: 10, multiplier: 20 },
    args: { where: t.arg({ type: HolderFilter, description: "Which holders. Absent: all that the viewer may see." }) },
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
      throw new TooComplexError(`There are more than ${HOLDERS_MAX} holders; ask for fewer models at once.`, {});
    },
  }),
);
