import DataLoader from "dataloader";
import type { GraphQLContext, ReadDatabase } from "./context.js";

/**
 * Holds something for the time of one request, such as a loader. It is created when a field first needs it, because most
 * requests need none. Each message of a stream is a request with a context of its own, so no message sees older data.
 */
export function perRequest<Made>(make: (db: ReadDatabase) => Made): (context: GraphQLContext) => Made {
  const known = new WeakMap<GraphQLContext, Made>();
  return (context) => {
    const made = known.get(context) ?? make(context.db);
    known.set(context, made);
    return made;
  };
}

/** Batches the look-ups of all rows of a page into one read. Nothing is cached beyond the batch. */
export function batched<Key, Value>(read: (keys: readonly Key[]) => Promise<Value[]>): DataLoader<Key, Value> {
  return new DataLoader<Key, Value>(read, { cache: false });
}

interface TagKey {
  readonly ownerId: string;
  readonly key: string;
}

/** What this loader needs of a table of keys and values. Prisma's delegates match it, each with its own column. */
interface TagTable<Owner extends string> {
  findMany(args: {
    where: { [Column in Owner]: { in: string[] } } & { key: { in: string[] } };
  }): PromiseLike<({ [Column in Owner]: string } & { key: string; value: string })[]>;
}

/** Loads single values of tags or params: one statement for all rows of a page and all keys. */
export function valueLoader<Owner extends string>(owner: Owner, table: (db: ReadDatabase) => TagTable<NoInfer<Owner>>) {
  const identify = ({ ownerId, key }: TagKey) => `${ownerId} ${key}`;
  const loaderOf = perRequest((db) =>
    batched(async (wanted: readonly TagKey[]) => {
      const keys = distinct(wanted.map(({ key }) => key));
      const ownerIds = distinct(wanted.map(({ ownerId }) => ownerId));
      const rows = await table(db).findMany({ where: { ...isIn(owner, ownerIds), key: { in: keys } } });
      const values = new Map(rows.map((row) => [identify({ ownerId: row[owner], key: row.key }), row.value]));
      return wanted.map((tag) => values.get(identify(tag)) ?? null);
    }),
  );
  return (context: GraphQLContext, tag: TagKey): Promise<string | null> => loaderOf(context).load(tag);
}

type Counts = [parentId: string, count: number][];
export type ReadCounts<Where> = (db: ReadDatabase, where: Where, parentIds: string[]) => Promise<Counts>;

/** Counts the rows below a parent that match a condition. */
export type Counter<Where> = (context: GraphQLContext, where: Where, parentId: string) => Promise<number>;

/** One loader for each condition, so that the totals of all parents of one field are one grouped statement. */
export function counter<Where>(read: ReadCounts<Where>): Counter<Where> {
  const loadersOf = perRequest(() => new Map<string, DataLoader<string, number>>());
  return (context, where, parentId) => {
    const loaders = loadersOf(context);
    const condition = JSON.stringify(where, (_key, value) => (typeof value === "bigint" ? `${value}n` : value));
    const loader =
      loaders.get(condition) ??
      batched(async (parentIds: readonly string[]) => {
        const counts = new Map(await read(context.db, where, distinct(parentIds)));
        return parentIds.map((id) => counts.get(id) ?? 0);
      });
    loaders.set(condition, loader);
    return loader.load(parentId);
  };
}

/** What counting needs of a table. Prisma's delegates match it, each with its own columns and `where`. */
interface GroupedTable<Parent extends string, Where> {
  groupBy(args: {
    by: [Parent];
    where: { AND: [Where, { [Column in Parent]: { in: string[] } }] };
    _count: { _all: true };
  }): PromiseLike<({ [Column in Parent]: string } & { _count: { _all: number } })[]>;
}

/** Counts rows by the column with the id of their parent. */
export function countBy<Where, Parent extends string>(
  parent: Parent,
  table: (db: ReadDatabase) => GroupedTable<NoInfer<Parent>, Where>,
): Counter<Where> {
  return counter(async (db, where, parentIds) => {
    const rows = await table(db).groupBy({
      by: [parent],
      where: { AND: [where, isIn(parent, parentIds)] },
      _count: { _all: true },
    });
    return rows.map((row) => [row[parent], row._count._all]);
  });
}

/** The assertion restores the column's name, because TypeScript widens a computed key to `string`. */
function isIn<Column extends string>(column: Column, values: string[]): { [C in Column]: { in: string[] } } {
  return { [column]: { in: values } } as { [C in Column]: { in: string[] } };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
