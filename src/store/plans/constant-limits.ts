import type { SqlQuery, SqlQueryable } from "@prisma/driver-adapter-utils";

const LIMIT = /\b(LIMIT|OFFSET) \$(\d+)/g;
const PARAMETER = /\$(\d+)/g;

/**
 * Writes the limits of a statement as constants. Prisma passes them as parameters, so a plan that is to be used again would
 * be made for a tenth of the table, and a page would be planned anew each time.
 */
export function withConstantLimits(query: SqlQuery): SqlQuery {
  const { sql, args, argTypes } = query;
  if (!sql.includes("LIMIT $") && !sql.includes("OFFSET $")) return query;
  if ([...sql.matchAll(PARAMETER)].length !== args.length) return query;
  const constants = new Set<number>();
  const limited = sql.replace(LIMIT, (whole, word: string, place: string) => {
    const value = String(args[Number(place) - 1]);
    if (!/^\d+$/.test(value)) return whole;
    constants.add(Number(place));
    return `${word} ${value}`;
  });
  const kept = args.flatMap((_, index) => (constants.has(index + 1) ? [] : [index]));
  const places = new Map(kept.map((index, place) => [index + 1, place + 1]));
  return {
    sql: limited.replace(PARAMETER, (_, place: string) => `$${places.get(Number(place))}`),
    args: kept.map((index) => args[index]),
    argTypes: kept.flatMap((index) => argTypes[index] ?? []),
  };
}

/** Makes a connection, or a transaction, send its reads with constant limits. */
export function useConstantLimits<Connection extends SqlQueryable>(connection: Connection): Connection {
  const queryRaw = connection.queryRaw.bind(connection);
  connection.queryRaw = (query) => queryRaw(withConstantLimits(query));
  return connection;
}
