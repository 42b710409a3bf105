import { type ReactNode, useState } from "react";
import { Refusal } from "../../kit/refusal";
import { modelOf } from "../../live/live";
import { useLiveQuery } from "../../live/use-live-query";
import { MORE_VERSIONS, type VersionRowData } from "./model-query";

interface Rest {
  readonly name: string;
  /** Of the page before. */
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly row: (version: VersionRowData) => ReactNode;
}

/** The versions after a page: a button, and then the next page and what is after it. */
export function MoreVersions({ name, pageInfo: { hasNextPage, endCursor }, row }: Rest) {
  const [isShown, setShown] = useState(false);
  if (!hasNextPage || endCursor === null) return null;
  if (isShown) return <NextVersions name={name} after={endCursor} row={row} />;
  return (
    <Wide>
      <button type="button" className="button" onClick={() => setShown(true)}>
        Show 100 more
      </button>
    </Wide>
  );
}

function NextVersions({ name, after, row }: Pick<Rest, "name" | "row"> & { after: string }) {
  const { data, error } = useLiveQuery(MORE_VERSIONS, { name, after }, (change) => modelOf(change) === name);
  if (error)
    return (
      <Wide>
        <Refusal error={error} />
      </Wide>
    );
  if (!data?.model) return <Wide>Loading…</Wide>;
  const { nodes, pageInfo } = data.model.versions;
  return (
    <>
      {nodes.map(row)}
      <MoreVersions name={name} pageInfo={pageInfo} row={row} />
    </>
  );
}

/** A row across the table, however many columns it has. */
function Wide({ children }: { children: ReactNode }) {
  return (
    <tr>
      <td colSpan={100}>{children}</td>
    </tr>
  );
}
