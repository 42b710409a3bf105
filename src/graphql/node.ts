import { brandWithType } from "@pothos/core";
import { queryFromInfo } from "@pothos/plugin-prisma";
import type { GraphQLResolveInfo } from "graphql";
import { InvalidInputError } from "../domain/errors.js";
import { visibleModel, visibleTransition, visibleVersion } from "../store/visibility.js";
import { builder } from "./builder.js";
import type { GraphQLContext } from "./context.js";
import { decodeId, encodeId, type NodeType } from "./ids.js";
import { ModelVersion } from "./model-version.js";
import { modelVersionWhere } from "./model-version-filter.js";
import { Node } from "./node-interface.js";
import { MAX_PAGE_SIZE } from "./paging.js";
import { ModelVersionRef, toVersionRef } from "./references.js";

type Selection = { select: { id: true } };
type NodeReader = (context: GraphQLContext, ids: string[], query: Selection) => Promise<{ id: string }[]>;

/** How the rows of each noun are read by id: the same rows that its lists show. */
const READERS: Record<NodeType, NodeReader> = {
  Model: ({ db, viewer }, ids, query) =>
    db.model.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleModel(viewer)] } }),
  ModelVersion: ({ db, viewer }, ids, query) =>
    db.modelVersion.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleVersion(viewer)] } }),
  StageTransition: ({ db, viewer }, ids, query) =>
    db.stageTransition.findMany({ ...query, where: { AND: [{ id: { in: ids } }, visibleTransition(viewer)] } }),
};

/** The nodes in the order of their ids, one statement for each noun; null for what is not there or not the viewer's. */
async function readNodes(context: GraphQLContext, info: GraphQLResolveInfo, texts: readonly string[]) {
  const wanted = texts.map(decodeId);
  const types = new Set(wanted.flatMap((id) => (id ? [id.type] : [])));
  const found = new Map<string, object>();
  for (const type of types) {
    const ids = wanted.flatMap((id) => (id?.type === type ? [id.id] : []));
    const query = queryFromInfo({ context, info, typeName: type, select: { id: true } }) as Selection;
    for (const row of await READERS[type](context, [...new Set(ids)], query)) {
      brandWithType(row, type as never);
      found.set(encodeId(type, row.id), row);
    }
  }
  return wanted.map((id) => (id ? (found.get(encodeId(id.type, id.id)) ?? null) : null));
}

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    nullable: true,
    description: "The object with this global id; null if there is none, or none that the viewer may see.",
    args: { id: t.arg.id({ required: true, description: "The global id." }) },
    resolve: async (_root, { id }, context, info) => (await readNodes(context, info, [id]))[0] ?? null,
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    complexity: ({ ids }) => ({ field: 1, multiplier: ids.length }),
    description: `The objects with these global ids, in their order, null where there is none; at most ${MAX_PAGE_SIZE}.`,
    args: { ids: t.arg.idList({ required: true, description: "The global ids." }) },
    resolve: (_root, { ids }, context, info) => {
      if (ids.length > MAX_PAGE_SIZE) {
        throw new InvalidInputError("ids", `ids has ${ids.length} entries; at most ${MAX_PAGE_SIZE} are allowed.`);
      }
      return readNodes(context, info, ids);
    },
  }),
  modelVersion: t.prismaField({
    type: ModelVersion,
    nullable: true,
    description: "The living version that the reference names; null if there is none, or none that the viewer may see.",
    args: { ref: t.arg({ type: ModelVersionRef, required: true, description: "Which version." }) },
    resolve: (query, _root, args, context) => {
      const ref = toVersionRef("ref", args.ref);
      const named =
        "id" in ref
          ? { id: ref.id }
          : "number" in ref
            ? { number: ref.number.number, model: { liveName: ref.number.model } }
            : { aliases: { some: { name: ref.alias.alias } }, model: { liveName: ref.alias.model } };
      return context.db.modelVersion.findFirst({
        ...query,
        where: { AND: [named, modelVersionWhere(context, null)] },
      });
    },
  }),
}));
