import type { GraphQLContext } from "../request/context.js";
import type { Counter } from "../request/loaders.js";
import { type Connection, toConnection } from "./connection.js";
import { type ListOrder, type Page, type PageArgs, planPage } from "./paging.js";
import { type RequestedField, type Row, type RowSelection, selectNestedRows, selectRows } from "./row-selection.js";

/** What lists need of a table. Prisma's delegates match it, each with its own `where`. */
interface ListTable<Where> {
  findMany(
    args: RowSelection & { where: { AND: [Where, Page["where"]] }; orderBy: Page["orderBy"]; take: number },
  ): PromiseLike<Row[]>;
  count(args: { where: Where }): PromiseLike<number>;
}

interface RootList<Where> {
  readonly typeName: string;
  /** Identifies the list in its cursors: its name and its filter. */
  readonly list: { readonly name: string; readonly where: unknown };
  readonly order: ListOrder;
  readonly where: Where;
  /** A cheaper way to count what matches `where`. */
  readonly count?: (() => PromiseLike<number>) | null;
}

/** Reads a page of a root list: one statement, and one more if the document selects `totalCount`. */
export async function readPage<Where>(
  table: ListTable<Where>,
  field: RequestedField & { readonly args: PageArgs },
  { typeName, list, order, where, count }: RootList<Where>,
): Promise<Connection<Row>> {
  const page = planPage(field.args, order, list);
  const rows = await table.findMany({
    ...selectRows(field, typeName, page),
    where: { AND: [where, page.where] },
    orderBy: page.orderBy,
    take: page.take,
  });
  return toConnection(rows, page, async () => (count ? count() : table.count({ where })));
}

interface NestedList<Args, Where> {
  readonly name: string;
  readonly typeName: string;
  order(args: Args): ListOrder;
  where(args: Args, context: GraphQLContext): Where;
  readonly count: Counter<Where>;
  /** A cheaper way to count; null if there is none for these arguments. */
  cheapCount?(context: GraphQLContext, args: Args, parentId: string): Promise<number> | null;
  /** The filter that identifies the list in its cursors. Default: the argument `where`. */
  filter?(args: Args): unknown;
}

/** A list below a row. `select` adds the list to the statement that reads the parent, and `page` returns what it read. */
export function nestedList<Args extends PageArgs & { readonly where?: unknown }, Where>(list: NestedList<Args, Where>) {
  const { name, typeName, order, where, count, cheapCount, filter = (args: Args) => args.where } = list;
  /** All rows of a page have the same arguments. */
  const pages = new WeakMap<Args, Page>();
  const plan = (args: Args) => {
    const known = pages.get(args);
    if (known) return known;
    const page = planPage(args, order(args), { name, where: filter(args) });
    pages.set(args, page);
    return page;
  };
  return {
    select: (nested: unknown, args: Args, context: GraphQLContext) =>
      selectNestedRows(nested, typeName, {
        page: plan(args),
        where: where(args, context),
        columns: { id: true } as const,
      }),
    page: <R extends object>(parent: { rows: readonly R[]; id: string }, args: Args, context: GraphQLContext) =>
      toConnection(
        parent.rows,
        plan(args),
        () => cheapCount?.(context, args, parent.id) ?? count(context, where(args, context), parent.id),
      ),
  };
}
