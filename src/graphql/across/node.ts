import type { GraphQLResolveInfo } from "graphql";
import { holdsScope, TYPE_SCOPE } from "../../domain/access/scopes.js";
import { ForbiddenError, InvalidInputError } from "../../domain/errors.js";
import { MAX_PAGE_SIZE } from "../../domain/values/page-size.js";
import { builder } from "../kit/builder.js";
import { decodeId, Node, type NodeType } from "../kit/ids.js";
import type { Row } from "../kit/row-selection.js";
import { readRows } from "../kit/visible-rows.js";
import type { GraphQLContext } from "../request/context.js";

/**
 * Reads nodes in the order of their ids, with one statement for each noun. A node is null if it does not exist or the
 * viewer may not see it, and an error if the viewer lacks the scope.
 */
async function readNodes(context: GraphQLContext, info: GraphQLResolveInfo, texts: readonly string[]) {
  const wanted = texts.map(decodeId);
  const types = new Set(wanted.flatMap((id) => (id ? [id.type] : [])));
  const found = new Map<NodeType, Map<string, Row>>();
  for (const type of types) {
    if (!holdsScope(context.viewer.scopes, TYPE_SCOPE[type])) continue;
    const ids = wanted.flatMap((id) => (id?.type === type ? [id.id] : []));
    found.set(type, await readRows({ context, info }, type, ids));
  }
  return wanted.map((id) => {
    if (!id) return null;
    const rows = found.get(id.type);
    return rows ? (rows.get(id.id) ?? null) : refusalOf(id.type);
  });
}

function refusalOf(type: NodeType): ForbiddenError {
  const scope = TYPE_SCOPE[type];
  return new ForbiddenError(
    `Reading objects of the type ${type} requires the scope ${scope}, which this token does not have.`,
    [scope],
  );
}

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    nullable: true,
    description: "The object with this global id; null if there is none or the viewer may not see it.",
    args: { id: t.arg.id({ required: true, description: "The global id." }) },
    resolve: async (_root, { id }, context, info) => {
      const [node = null] = await readNodes(context, info, [id]);
      if (node instanceof Error) throw node;
      return node;
    },
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    complexity: ({ ids }) => ({ field: 1, multiplier: ids.length }),
    description: `The objects with these global ids, in the order of the ids; null where there is none. At most ${MAX_PAGE_SIZE} ids.`,
    args: { ids: t.arg.idList({ required: true, description: "The global ids." }) },
    resolve: (_root, { ids }, context, info) => {
      if (ids.length > MAX_PAGE_SIZE) {
        throw new InvalidInputError("ids", `ids has ${ids.length} entries; at most ${MAX_PAGE_SIZE} are allowed.`);
      }
      return readNodes(context, info, ids);
    },
  }),
}));
