import { useCallback, useEffect, useRef, useState } from "react";
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useClient } from "urql";

interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly totalCount?: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface Pages<Data, Node> {
  /** What the first page brought, for what stands beside the list. */
  readonly data: Data | undefined;
  readonly nodes: readonly Node[];
  readonly totalCount: number | null;
  readonly hasNextPage: boolean;
  readonly isLoading: boolean;
  readonly error: CombinedError | undefined;
  loadNext(): void;
  /** Reads the pages that are shown again. */
  refresh(): void;
}

interface List<Data, Node> {
  readonly key: string;
  readonly pages: readonly Page<Node>[];
  readonly data: Data | undefined;
  readonly error: CombinedError | undefined;
}

interface Request<Data, Variables extends AnyVariables, Node> {
  readonly query: TypedDocumentNode<Data, Variables>;
  /** Without the cursor. Another text of it is another list. */
  readonly variables: Omit<Variables, "after" | "before">;
  /** The variable of the cursor: `before` in a list that is read from its end. */
  readonly cursor?: "after" | "before";
  readonly pageOf: (data: Data) => Page<Node>;
}

/** A list that grows by pages. Each page follows the cache, so that its rows change in place. */
export function usePages<Data, Variables extends AnyVariables, Node>({
  query,
  variables,
  cursor = "after",
  pageOf,
}: Request<Data, Variables, Node>): Pages<Data, Node> {
  const client = useClient();
  const key = JSON.stringify(variables);
  const [list, setList] = useState<List<Data, Node>>();
  const [isLoading, setLoading] = useState(true);
  const stops = useRef<(() => void)[]>([]);
  const read = useRef(pageOf);
  read.current = pageOf;

  const follow = useCallback(
    (index: number, after: string | null, isFresh: boolean) => {
      stops.current[index]?.();
      const all = { ...JSON.parse(key), [cursor]: after } as Variables;
      setLoading(true);
      const { unsubscribe } = client
        .query(query, all, { requestPolicy: isFresh ? "network-only" : "cache-and-network" })
        .subscribe(({ data, error, stale }) => {
          setLoading(stale);
          setList((last) => {
            const known = last?.key === key ? last.pages : index === 0 ? [] : null;
            if (known === null) return last;
            const shown = index === 0 && last?.key !== key && !data ? (last?.pages ?? []) : known;
            const pages = data ? Object.assign([...known], { [index]: read.current(data) }) : shown;
            return { key, pages, error, data: (index === 0 ? data : undefined) ?? last?.data };
          });
        });
      stops.current[index] = unsubscribe;
    },
    [client, query, key, cursor],
  );

  useEffect(() => {
    follow(0, null, false);
    return () => {
      for (const stop of stops.current) stop?.();
      stops.current = [];
    };
  }, [follow]);

  const pages = list?.pages ?? [];
  const last = pages.at(-1);
  return {
    data: list?.data,
    nodes: pages.flatMap(({ nodes }) => nodes),
    totalCount: pages[0]?.totalCount ?? null,
    hasNextPage: last?.pageInfo.hasNextPage ?? false,
    isLoading,
    error: list?.error,
    loadNext() {
      if (!isLoading && list?.key === key && last?.pageInfo.hasNextPage)
        follow(pages.length, last.pageInfo.endCursor, false);
    },
    refresh() {
      for (const [index] of pages.entries())
        follow(index, index === 0 ? null : (pages[index - 1]?.pageInfo.endCursor ?? null), true);
    },
  };
}
