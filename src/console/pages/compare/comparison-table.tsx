import type { ReactNode } from "react";
import { Card } from "../../kit/card";
import type { Compared } from "./comparison";

export interface TableRow {
  readonly id: string;
  readonly head: string;
  readonly differs: boolean;
  readonly cells: readonly ReactNode[];
}

interface Props {
  readonly title: string;
  readonly rows: readonly TableRow[];
  /** With those that are not shown. */
  readonly count: number;
  readonly compared: readonly Compared[];
  /** The row above the columns; the first table has links and buttons there, the others the names. */
  readonly head: ReactNode | undefined;
}

/** The tables stand below each other with the same columns. */
export function ComparisonTable({ title, rows, count, compared, head }: Props) {
  if (count === 0 && head === undefined) return null;
  return (
    <Card isBare title={title} side={<span className="muted small">{describeCounts(rows, count)}</span>}>
      <table className="compared" style={{ minWidth: 200 + compared.length * 130 }}>
        <thead>
          {head ?? (
            <tr>
              <th scope="col">{title.replace(/s$/, "")}</th>
              {compared.map(({ id, label }) => (
                <th key={id} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          )}
        </thead>
        <tbody>
          {rows.map(({ id, head: name, differs, cells }) => (
            <tr key={id} className={differs ? "differs" : "same"}>
              <th scope="row">{name}</th>
              {cells.map((cell, i) => (
                <td key={compared[i]?.id}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function describeCounts(rows: readonly TableRow[], count: number): string {
  if (count === 0) return "none logged";
  const differing = rows.filter(({ differs }) => differs).length;
  return differing === 0 ? `all ${count} equal` : `${differing} of ${count} differ`;
}
