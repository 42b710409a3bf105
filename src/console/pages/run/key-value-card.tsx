import { Card } from "../../kit/card";

interface Props {
  readonly title: string;
  readonly rows: readonly { readonly key: string; readonly value: string }[];
}

/** Params or tags; nothing where there are none. */
export function KeyValueCard({ title, rows }: Props) {
  if (rows.length === 0) return null;
  return (
    <Card isBare title={`${title} (${rows.length.toLocaleString()})`}>
      <table>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, value }) => (
            <tr key={key}>
              <th scope="row" className="anywhere">
                {key}
              </th>
              <td className="mono anywhere">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
