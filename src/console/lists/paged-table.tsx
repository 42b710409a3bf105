import type { ReactNode } from "react";
import type { Pages } from "../graphql/use-pages";
import { Refusal } from "../kit/refusal";
import { type Column, VirtualTable } from "../kit/virtual-table";

interface Props<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly pages: Pages<unknown, Row>;
  /** What stands there when there is no row. */
  readonly empty: ReactNode;
}

/** The table of a page that lists all of a noun, while it is read, if it cannot be, and if there is nothing. */
export function PagedTable<Row extends { readonly id: string }>({ label, columns, pages, empty }: Props<Row>) {
  const { nodes, totalCount, hasNextPage, isLoading, error, loadNext } = pages;
  return (
    <>
      {error && <Refusal error={error} />}
      {nodes.length > 0 && (
        <VirtualTable
          label={label}
          columns={columns}
          rows={nodes}
          keyOf={({ id }) => id}
          rowCount={totalCount}
          hasMore={hasNextPage && !isLoading}
          loadMore={loadNext}
        />
      )}
      {nodes.length === 0 && !isLoading && !error && empty}
      {nodes.length === 0 && isLoading && <div className="skeleton" />}
    </>
  );
}

/** The title of such a page, and how many rows there are. */
export function ListHead({ title, noun, count }: { title: ReactNode; noun: string; count: number | null }) {
  return (
    <div className="row between">
      {title}
      <span className="muted" role="status">
        {count !== null && `${count.toLocaleString()} ${count === 1 ? noun : `${noun}s`}`}
      </span>
    </div>
  );
}
