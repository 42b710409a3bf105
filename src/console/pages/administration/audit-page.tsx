import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { useClient } from "urql";
import { saveFile } from "../../exports/save-file";
import { usePages } from "../../graphql/use-pages";
import { Actor } from "../../kit/actor";
import { Card } from "../../kit/card";
import { Refusal } from "../../kit/refusal";
import { Time } from "../../kit/time";
import { useChanges } from "../../live/live";
import { auditAsCsv, MAX_EXPORTED, type ReadAudit, readAudit, toJsonLines } from "./audit-export";
import { AUDIT, type AuditEntry } from "./audit-query";
import { type AuditFilter, type AuditSearch, toAuditFilter } from "./audit-search";
import { Administration } from "./tabs";

const PAGE = 50;
const FIELDS = [
  ["model", "Model", "fraud*, churn"],
  ["type", "Type of event", "STAGE_CHANGED, …"],
  ["by", "Who (subject)", ""],
  ["alias", "Alias", ""],
] as const;

export default function AuditPage() {
  const search = useSearch({ from: "/admin/audit" });
  const navigate = useNavigate({ from: "/admin/audit" });
  const where = useDeferredValue(useMemo(() => toAuditFilter(search), [search]));
  const { nodes, totalCount, hasNextPage, isLoading, error, loadNext, refresh } = usePages({
    query: AUDIT,
    variables: { where, last: PAGE },
    cursor: "before",
    pageOf: ({ audit: { nodes: rows, totalCount: count, pageInfo } }) => ({
      nodes: rows.toReversed(),
      totalCount: count,
      pageInfo: { hasNextPage: pageInfo.hasPreviousPage, endCursor: pageInfo.startCursor },
    }),
  });
  useChanges(() => refresh());
  return (
    <Administration title="Audit">
      <Filters search={search} change={(next) => void navigate({ search: next, replace: true })} />
      {error && <Refusal error={error} />}
      {nodes.length === 0 && isLoading && <div className="skeleton" />}
      {nodes.length === 0 && !isLoading && !error && (
        <div className="empty card">
          <h2>No entry matches</h2>
          <Link to="/admin/audit" search={{}} className="button">
            Clear the filters
          </Link>
        </div>
      )}
      {nodes.length > 0 && (
        <Card isBare title={`Entries (${totalCount?.toLocaleString() ?? ""})`} side={<Export where={where} />}>
          <Entries entries={nodes} />
          {hasNextPage && (
            <div className="row card-note">
              <button type="button" className="button" disabled={isLoading} onClick={loadNext}>
                Show older
              </button>
            </div>
          )}
        </Card>
      )}
    </Administration>
  );
}

function Filters({ search, change }: { search: AuditSearch; change: (next: AuditSearch) => void }) {
  return (
    <search className="form audit-filters">
      {FIELDS.map(([key, label, placeholder], index) => (
        <label key={key}>
          <span>{label}</span>
          <input
            type="search"
            value={search[key] ?? ""}
            placeholder={placeholder}
            {...(index === 0 && { "data-shortcut": "/" })}
            onChange={({ target }) => change({ ...search, [key]: target.value || undefined })}
          />
        </label>
      ))}
    </search>
  );
}

function Export({ where }: { where: AuditFilter }) {
  const client = useClient();
  const [read, setRead] = useState<ReadAudit | "reading">();
  const save = async (kind: "csv" | "jsonl") => {
    setRead("reading");
    const all = await readAudit(client, where);
    setRead(all);
    if (all.error) return;
    if (kind === "csv") saveFile("audit.csv", "text/csv", auditAsCsv(all.entries));
    else saveFile("audit.jsonl", "application/jsonl", toJsonLines(all.entries));
  };
  return (
    <div className="row">
      {read && read !== "reading" && read.error && <Refusal error={read.error} />}
      {read && read !== "reading" && !read.error && (
        <span className="muted" role="status">
          {read.entries.length.toLocaleString()} entries
          {read.isCut && `, the newest: at most ${MAX_EXPORTED.toLocaleString()}. shelfmark audit export has all`}
        </span>
      )}
      <button type="button" className="button" disabled={read === "reading"} onClick={() => void save("csv")}>
        Export CSV
      </button>
      <button type="button" className="button" disabled={read === "reading"} onClick={() => void save("jsonl")}>
        Export JSON lines
      </button>
    </div>
  );
}

function Entries({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col" className="number">
            Revision
          </th>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">What</th>
          <th scope="col">About</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.revision}>
            <td className="number">{entry.revision}</td>
            <td className="nowrap">
              <Time at={entry.at} />
            </td>
            <td className="breakable">
              <Actor actor={entry.actor} />
            </td>
            <td className="breakable">
              {entry.type.replaceAll("_", " ").toLowerCase()}
              <Values entry={entry} />
            </td>
            <td className="breakable">
              <About entry={entry} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function About({
  entry: { modelName, versionNumber, experimentName, environment, subjectType, subjectId },
}: {
  entry: AuditEntry;
}) {
  if (modelName !== null && versionNumber !== null)
    return (
      <Link to="/models/$name/versions/$number" params={{ name: modelName, number: String(versionNumber) }} search={{}}>
        {modelName} v{versionNumber}
      </Link>
    );
  if (modelName !== null)
    return (
      <Link to="/models/$name" params={{ name: modelName }} search={{}}>
        {modelName}
      </Link>
    );
  return <>{experimentName ?? environment ?? `${subjectType} ${subjectId}`}</>;
}

function Values({ entry: { before, after, eventId, requestId, tokenId, hash } }: { entry: AuditEntry }) {
  return (
    <details>
      <summary className="muted">details</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className="audit-values" tabIndex={0}>
        {JSON.stringify({ before, after, eventId, requestId, tokenId, hash }, null, 2)}
      </pre>
    </details>
  );
}
