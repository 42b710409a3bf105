import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import "./virtual-table.css";

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  /** Classes of its cells, such as `number`, or `wide` for what narrow screens leave out. */
  readonly className?: string;
  readonly cell: (row: Row) => ReactNode;
  /** What stands in the head instead of the title, such as a button that sorts. */
  readonly head?: ReactNode;
  readonly order?: "ascending" | "descending" | undefined;
}

interface Table<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly rowCount: number | null;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  /** In pixels: below it, the table scrolls sideways. */
  readonly minWidth?: number;
}

export const ROW_HEIGHT = 53;
/** Rows beyond the screen, so that scrolling shows no gap. */
const OVERSCAN = 12;

/** A table whose rows exist only while they are on the screen. */
export function VirtualTable<Row>({ label, columns, rows, keyOf, rowCount, hasMore, loadMore, minWidth }: Table<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    getItemKey: (index) => keyOf(rows[index] as Row),
  });
  const items = virtualizer.getVirtualItems();
  const end = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && end >= rows.length - OVERSCAN * 2) loadMore();
  }, [hasMore, end, rows.length, loadMore]);
  const above = items[0]?.start ?? 0;
  const below = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="virtual-table" ref={scroller} tabIndex={0} aria-label={label}>
      <table aria-rowcount={(rowCount ?? rows.length) + 1} style={{ minWidth }}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ key, title, className, head, order }) => (
              <th key={key} scope="col" className={className} aria-sort={order}>
                {head ?? title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <tr aria-hidden style={{ height: above }} />}
          {items.map(({ index, key }) => (
            <tr key={key} aria-rowindex={index + 2} style={{ height: ROW_HEIGHT }}>
              {columns.map(({ key: column, className, cell }) => (
                <td key={column} className={className}>
                  {cell(rows[index] as Row)}
                </td>
              ))}
            </tr>
          ))}
          {below > 0 && <tr aria-hidden style={{ height: below }} />}
        </tbody>
      </table>
    </section>
  );
}
