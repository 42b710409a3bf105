import { type ReactNode, useState } from "react";
import type { TypedDocumentNode } from "urql";
import { Refusal } from "../../kit/refusal";
import { modelOf } from "../../live/live";
import { useLiveQuery } from "../../live/use-live-query";
import type { OpenRequestData } from "./approvals-query";

interface Page {
  readonly nodes: readonly OpenRequestData[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface List<Data> {
  readonly query: TypedDocumentNode<Data, { after: string }>;
  readonly pageOf: (data: Data) => Page;
  readonly card: (request: OpenRequestData) => ReactNode;
}

/** The requests after a page: a button, and then the next page and what is after it. */
export function MoreRequests<Data>({ pageInfo, ...list }: List<Data> & Pick<Page, "pageInfo">) {
  const [isShown, setShown] = useState(false);
  if (!pageInfo.hasNextPage || pageInfo.endCursor === null) return null;
  if (isShown) return <NextRequests {...list} after={pageInfo.endCursor} />;
  return (
    <button type="button" className="button" onClick={() => setShown(true)}>
      Show 15 more
    </button>
  );
}

function NextRequests<Data>({ after, ...list }: List<Data> & { after: string }) {
  const { data, error } = useLiveQuery(list.query, { after }, (change) => modelOf(change) !== null);
  if (error) return <Refusal error={error} />;
  if (!data) return <p className="muted">Loading…</p>;
  const { nodes, pageInfo } = list.pageOf(data);
  return (
    <>
      {nodes.map(list.card)}
      <MoreRequests {...list} pageInfo={pageInfo} />
    </>
  );
}
