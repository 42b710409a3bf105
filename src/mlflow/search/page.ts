import type { FoundRow, SearchPage } from "../../store/across/keyset.js";
import { decodePageToken, encodePageToken, type PagedSearch } from "./page-token.js";

interface Wanted {
  readonly size: number;
  readonly token: string | undefined;
}

type Find = (window: SearchPage) => Promise<readonly FoundRow[]>;

export interface Page {
  readonly ids: readonly string[];
  /** The token of what comes after the first `count` rows, or after all of them; nothing if that is the end. */
  next(count?: number): { readonly next_page_token?: string };
}

/** A page of a search. One row more than it holds says whether there is another. Throws INVALID_INPUT for a foreign token. */
export async function takePage(search: PagedSearch, { size, token }: Wanted, find: Find): Promise<Page> {
  const after = decodePageToken(search, token);
  const found = size === 0 ? [] : await find({ after, limit: size + 1 });
  const ids = found.slice(0, size).map(({ id }) => id);
  return {
    ids,
    next(count = ids.length) {
      const last = count < found.length ? found[count - 1] : undefined;
      return last ? { next_page_token: encodePageToken(search, last.key) } : {};
    },
  };
}

interface Chunks {
  /** How many are read by one statement. */
  readonly size: number;
  /** How long all texts may get before the rest is left to the next page. */
  readonly characters: number;
}

/** Reads the rows of a page, or the first of them if their texts get too long. */
export async function readInChunks<Row>(
  ids: readonly string[],
  { size, characters: most }: Chunks,
  read: (ids: readonly string[]) => Promise<readonly Row[]>,
): Promise<{ readonly rows: readonly Row[]; readonly count: number }> {
  const rows: Row[] = [];
  let count = 0;
  let characters = 0;
  while (count < ids.length && characters <= most) {
    const chunk = ids.slice(count, count + size);
    const more = await read(chunk);
    rows.push(...more);
    count += chunk.length;
    if (count < ids.length) characters += JSON.stringify(more).length;
  }
  return { rows, count };
}
