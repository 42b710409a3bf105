import { visibleDataset } from "../../store/access/visibility.js";
import { Actor, CREATED_BY, createdBy } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { rowsQuery, toConnection } from "../kit/connection.js";
import { encodeId } from "../kit/ids.js";
import { Node } from "../kit/node-interface.js";
import { pageTypes } from "../kit/page-types.js";
import { planPage } from "../kit/paging.js";
import { Tag, tagsQuery } from "../kit/tag.js";
import { DatasetFilter, DatasetOrder, datasetOrder, datasetWhere } from "./dataset-filter.js";

export const Dataset = builder.prismaObject("Dataset", {
  description: "Data that runs read or write, known by name and digest.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The dataset's global id.", resolve: ({ id }) => encodeId("Dataset", id) }),
    name: t.exposeString("name"),
    digest: t.exposeString("digest"),
    sourceType: t.exposeString("sourceType", { nullable: true }),
    source: t.string({
      nullable: true,
      description:
        "Where the data are: a URI. Asks for `artifacts:read`; whoever registered the dataset may read it back.",
      select: { source: true, createdByIssuer: true, createdBySubject: true },
      resolve: ({ source }) => source,
    }),
    schema: t.expose("schema", { type: "JSON", nullable: true }),
    profile: t.expose("profile", { type: "JSON", nullable: true }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "Who registered the dataset.",
      select: CREATED_BY,
      resolve: createdBy,
    }),
    tag: t.string({
      nullable: true,
      description: "The value of one tag; null if the dataset does not have it.",
      args: { key: t.arg.string({ required: true, description: "The tag's key." }) },
      resolve: ({ id }, { key }, { loaders }) => loaders.datasetTag.load({ ownerId: id, key }),
    }),
    tags: t.field({
      type: [Tag],
      description: "The dataset's tags, by key.",
      args: { keys: t.arg.stringList({ description: "Only tags with these keys. Absent: all." }) },
      select: ({ keys }) => ({ tags: { ...tagsQuery(keys), select: { key: true, value: true } } }),
      resolve: ({ tags }) => tags,
    }),
  }),
});

const pages = pageTypes(Dataset, { one: "dataset", many: "datasets" });

builder.queryFields((t) => ({
  dataset: t.prismaField({
    type: Dataset,
    nullable: true,
    description:
      "The living dataset of this name and digest; null if there is none, or none that the viewer may see. Asks for `runs:read`.",
    args: {
      name: t.arg.string({ required: true, description: "The dataset's name." }),
      digest: t.arg.string({ required: true, description: "The dataset's digest." }),
    },
    resolve: (query, _root, { name, digest }, { db, viewer }) =>
      db.dataset.findFirst({ ...query, where: { AND: [{ name, digest }, visibleDataset(viewer)] } }),
  }),
  datasets: t.connection(
    {
      type: Dataset,
      description: "The datasets that the viewer may see, by name unless ordered otherwise. Asks for `runs:read`.",
      args: {
        where: t.arg({ type: DatasetFilter, description: "Which datasets." }),
        orderBy: t.arg({ type: DatasetOrder, description: "In which order. Default: NAME, ASC." }),
      },
      resolve: async (_root, args, context, info) => {
        const where = datasetWhere(context, args.where);
        const page = planPage(args, datasetOrder(args.orderBy), { name: "datasets", where: args.where });
        const rows = await context.db.dataset.findMany({
          ...rowsQuery(context, info, "Dataset", page),
          where: { AND: [where, page.where] },
          orderBy: page.orderBy,
          take: page.take,
        });
        return toConnection(rows, page, () => context.db.dataset.count({ where }));
      },
    },
    pages.Connection,
    pages.Edge,
  ),
}));
