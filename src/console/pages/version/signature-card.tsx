import { Card } from "../../kit/card";
import { ScrollX } from "../../kit/scroll-x";
import { readSignature, type SignatureRow } from "./signature-rows";

export function SignatureCard({ signature }: { signature: unknown }) {
  if (signature === null || signature === undefined) return null;
  const read = readSignature(signature);
  if (!read)
    return (
      <Card title="Signature">
        <ScrollX label="Signature as JSON">
          <pre>{JSON.stringify(signature, null, 2)}</pre>
        </ScrollX>
      </Card>
    );
  return (
    <Card isBare title="Signature">
      <table>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
          </tr>
        </thead>
        <tbody>
          <Rows part="Input" rows={read.inputs} />
          <Rows part="Output" rows={read.outputs} />
          <Rows part="Param" rows={read.params} />
        </tbody>
      </table>
    </Card>
  );
}

function Rows({ part, rows }: { part: string; rows: readonly SignatureRow[] }) {
  return rows.map(({ name, type }) => (
    <tr key={`${part} ${name}`}>
      <td className="muted">{part}</td>
      <th scope="row">{name}</th>
      <td className="mono">{type}</td>
    </tr>
  ));
}
