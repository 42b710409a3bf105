import { AsyncResource } from "node:async_hooks";
import type pg from "pg";

/** Called with the text of each statement that is sent, never with its values. The returned function is called at its end. */
export type StatementObserver = (text: string) => (error?: unknown) => void;

type Query = (...args: unknown[]) => unknown;
type Done = (error: unknown, ...results: unknown[]) => void;
type Connected = Parameters<pg.Pool["connect"]>[0];

/** Lets others observe the statements of a pool. Returns the function that adds an observer, which returns how to remove it. */
export function observeStatements(pool: pg.Pool): (observer: StatementObserver) => () => void {
  const observers = new Set<StatementObserver>();
  pool.on("connect", (client) =>
    followStatements(client, (text) => {
      const ends = [...observers].map((observer) => observer(text));
      return (error) => {
        for (const end of ends) end(error);
      };
    }),
  );
  keepContext(pool);
  return (observer) => {
    observers.add(observer);
    return () => void observers.delete(observer);
  };
}

/** pg calls back in the async context of the code that released the connection; the callback belongs to its requester. */
function keepContext(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool) as (callback?: Connected) => unknown;
  pool.connect = ((callback?: Connected) => {
    if (!callback) return connect();
    // AsyncResource.bind defines properties of a function, each time
    const requester = new AsyncResource("DatabaseConnection");
    return connect((...results) => requester.runInAsyncScope(callback, undefined, ...results));
  }) as pg.Pool["connect"];
}

/** Calls the observer for each statement of one connection. */
export function followStatements(client: pg.ClientBase, observer: StatementObserver): void {
  const query = client.query.bind(client) as Query;
  const observed: Query = (...args) => {
    const text = textOf(args[0]);
    if (text === undefined) return query(...args);
    const end = observer(text);
    const callback = args.at(-1);
    if (typeof callback !== "function") return endWith(query(...args), end);
    return query(...args.slice(0, -1), ((error, ...results) => {
      end(error ?? undefined);
      callback(error, ...results);
    }) satisfies Done);
  };
  client.query = observed as typeof client.query;
}

function endWith(result: unknown, end: (error?: unknown) => void): unknown {
  if (result instanceof Promise)
    result.then(
      () => end(),
      (error: unknown) => end(error),
    );
  else end();
  return result;
}

function textOf(statement: unknown): string | undefined {
  if (typeof statement === "string") return statement;
  const { text }: { text?: unknown } = typeof statement === "object" && statement !== null ? statement : {};
  return typeof text === "string" ? text : undefined;
}
