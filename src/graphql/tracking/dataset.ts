import { creatorOf } from "../../domain/access/actor.js";
import { visibleDataset } from "../../store/access/visibility.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { selectRow } from "../kit/row-selection.js";
import { TAG_ARGS, TAGS_ARGS, Tag, withKeys } from "../kit/tag.js";
import { valueLoader } from "../request/loaders.js";
import { DatasetFilter, DatasetOrder, datasetOrder, datasetWhere } from "./dataset-filter.js";

const loadTag = valueLoader("datasetId", ({ datasetTag }) => datasetTag);

export const Dataset = builder.prismaObject("Dataset", {
  description: "Data that runs read or write, identified by name and digest.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The dataset's global id.", resolve: ({ id }) => encodeId("Dataset", id) }),
    name: t.exposeString("name"),
    digest: t.exposeString("digest"),
    sourceType: t.exposeString("sourceType", { nullable: true }),
    source: t.string({
      nullable: true,
      description: "The URI of the data. Requires `artifacts:read`, except for the actor that registered the dataset.",
      select: { source: true, createdByIssuer: true, createdBySubject: true },
      resolve: ({ source }) => source,
    }),
    schema: t.expose("schema", { type: "JSON", nullable: true }),
    profile: t.expose("profile", { type: "JSON", nullable: true }),
    sourceText: t.string({
      nullable: true,
      description:
        "The source as an MLflow client described it, byte for byte; null if none did. Requires `artifacts:read`, except for the actor that registered the dataset.",
      select: { sourceText: true, createdByIssuer: true, createdBySubject: true },
      resolve: ({ sourceText }) => sourceText,
    }),
    schemaText: t.exposeString("schemaText", {
      nullable: true,
      description: "The schema as an MLflow client wrote it, byte for byte; null if none did.",
    }),
    profileText: t.exposeString("profileText", {
      nullable: true,
      description: "The profile as an MLflow client wrote it, byte for byte; null if none did.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "Who registered the dataset.",
      select: CREATED_BY,
      resolve: creatorOf,
    }),
    tag: t.string({
      nullable: true,
      description: "The value of one tag; null if the dataset does not have the tag.",
      args: TAG_ARGS,
      resolve: ({ id }, { key }, context) => loadTag(context, { ownerId: id, key }),
    }),
    tags: t.field({
      type: [Tag],
      description: "The dataset's tags, ordered by key.",
      args: TAGS_ARGS,
      select: (args, _context, nested) => ({ tags: nested(withKeys(args)) }),
      resolve: ({ tags }) => tags,
    }),
  }),
});

export const DATASET_FIELD = { name: "dataset", type: Dataset, node: "Dataset", description: "The dataset." } as const;

const pages = pageTypes(Dataset, { one: "a dataset", many: "datasets" });

builder.queryFields((t) => ({
  dataset: t.field({
    type: Dataset,
    nullable: true,
    description:
      "The dataset with this name and digest; null if there is none, it is deleted or the viewer may not see it. Requires `runs:read`.",
    args: {
      name: t.arg.string({ required: true, description: "The dataset's name." }),
      digest: t.arg.string({ required: true, description: "The dataset's digest." }),
    },
    resolve: (_root, { name, digest }, context, info) =>
      context.db.dataset.findFirst({
        ...selectRow({ context, info }, "Dataset"),
        where: { AND: [{ name, digest }, visibleDataset(context.viewer)] },
      }),
  }),
  datasets: t.connection(
    {
      type: Dataset,
      description: "The datasets that the viewer may see. By default ordered by name. Requires `runs:read`.",
      args: {
        where: t.arg({ type: DatasetFilter, description: "Which datasets." }),
        orderBy: t.arg({ type: DatasetOrder, description: "The order. Default: NAME, ASC." }),
      },
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.dataset,
          { args, context, info },
          {
            typeName: "Dataset",
            list: { name: "datasets", where: args.where },
            order: datasetOrder(args.orderBy),
            where: datasetWhere(context, args.where),
          },
        ),
    },
    ...pages,
  ),
}));
