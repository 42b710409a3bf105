import type { GraphQLResolveInfo } from "graphql";
import type { GraphQLContext } from "../request/context.js";
import type { Counter } from "../request/loaders.js";
import { type Connection, toConnection } from "./connection.js";
import { type ListOrder, type Page, type PageArgs, planPage } from "./paging.js";
import { type Row, type RowSelection, selectNestedRows, selectRows } from "./row-selection.js";

/** A table, as far as lists need it. Prisma's tables have this form, each for its own `where`. */
interface ListTable<Where> {
  findMany(
    args: RowSelection & { where: { AND: [Where, Page["where"]] }; orderBy: Page["orderBy"]; take: number },
  ): PromiseLike<Row[]>;
  count(args: { where: Where }): PromiseLike<number>;
}

interface RootList<Where> {
  readonly typeName: string;
  /** The list's name and what narrows it, by which its cursors know it. */
  readonly list: { readonly name: string; readonly where: unknown };
  readonly order: ListOrder;
  readonly where: Where;
}

/** A page of a list that does not depend on another row: one statement, and one more if the document counts. */
export async function readPage<Where>(
  table: ListTable<Where>,
  request: { context: GraphQLContext; info: GraphQLResolveInfo; args: PageArgs },
  { typeName, list, order, where }: RootList<Where>,
): Promise<Connection<Row>> {
  const { context, info, args } = request;
  const page = planPage(args, order, list);
  const rows = await table.findMany({
    ...selectRows(context, info, typeName, page),
    where: { AND: [where, page.where] },
    orderBy: page.orderBy,
    take: page.take,
  });
  return toConnection(rows, page, async () => table.count({ where }));
}

interface NestedList<Args, Where> {
  readonly name: string;
  readonly typeName: string;
  order(args: Args): ListOrder;
  where(args: Args, context: GraphQLContext): Where;
  readonly count: Counter<Where>;
  /** What narrows the list, by which its cursors know it: by default the argument `where`. */
  filter?(args: Args): unknown;
}

/** A list below a row. `select` is its part of the statement that reads the parent, and `page` shows what that read. */
export function nestedList<Args extends PageArgs & { readonly where?: unknown }, Where>(list: NestedList<Args, Where>) {
  const { name, typeName, order, where, count, filter = (args: Args) => args.where } = list;
  const plan = (args: Args) => planPage(args, order(args), { name, where: filter(args) });
  return {
    select: (nested: unknown, args: Args, context: GraphQLContext) =>
      selectNestedRows(nested, typeName, {
        page: plan(args),
        where: where(args, context),
        columns: { id: true } as const,
      }),
    page: <R extends object>(parent: { rows: readonly R[]; id: string }, args: Args, context: GraphQLContext) =>
      toConnection(parent.rows, plan(args), () => count(context, where(args, context), parent.id)),
  };
}
