import { DownloadIcon } from "@radix-ui/react-icons";
import { useState } from "react";
import { type CombinedError, useClient } from "urql";
import { toCsv } from "../../exports/csv";
import { saveFile } from "../../exports/save-file";
import { Refusal } from "../../kit/refusal";
import { EXPORTED_LINEAGE, type ExportedNode } from "./lineage-query";

interface Props {
  readonly of: string;
  readonly direction: "DOWNSTREAM" | "UPSTREAM" | "BOTH";
  readonly depth: number;
  readonly name: string;
}

/** More would be beyond the complexity that the server allows by default. */
export const EXPORTED_MAX = 800;
const HEAD = ["kind", "name", "steps", "stage", "environment", "running", "health", "state", "drifted", "stale", "id"];

/** The whole walk as a file, read anew. */
export function ExportButton({ of, direction, depth, name }: Props) {
  const client = useClient();
  const [said, setSaid] = useState<{ text?: string; error?: CombinedError }>({});
  const save = async () => {
    setSaid({});
    const variables = { of, direction, depth, first: EXPORTED_MAX };
    const { data, error } = await client
      .query(EXPORTED_LINEAGE, variables, { requestPolicy: "network-only" })
      .toPromise();
    if (error) return setSaid({ error });
    if (!data?.lineage) return setSaid({ text: "It is not there any more." });
    const { nodes, truncated } = data.lineage;
    saveFile(
      `lineage-${name.replaceAll(/[^\w.-]+/g, "-")}.csv`,
      "text/csv;charset=utf-8",
      toCsv([HEAD, ...nodes.map(toRow)]),
    );
    const count = `${nodes.length.toLocaleString()} rows`;
    setSaid({ text: truncated ? `${count}: the nearest ones, there is more beyond them.` : `${count}: all of it.` });
  };
  return (
    <>
      <button type="button" className="button" onClick={() => void save()}>
        <DownloadIcon aria-hidden /> Export as CSV
      </button>
      <span className="muted small" role="status">
        {said.text}
      </span>
      {said.error && <Refusal error={said.error} />}
    </>
  );
}

function toRow({ kind, name, depth, node, nodeId }: ExportedNode): (string | number | null)[] {
  const version = node && "stage" in node ? node : null;
  const run = node && "status" in node ? node : null;
  const deployment = node && "environment" in node ? node : null;
  return [
    ...[kind, name, depth, version?.stage ?? null, deployment?.environment ?? null],
    deployment?.running.map(({ number }) => `v${number}`).join(", ") ?? null,
    ...[deployment?.health ?? null, deployment?.state ?? run?.status ?? null],
    ...[deployment && String(deployment.drifted), deployment && String(deployment.stale), nodeId],
  ];
}
