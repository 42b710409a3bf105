import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { Badge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Refusal } from "../../kit/refusal";
import { LINEAGE_KINDS, nameOfKind } from "../../lineage/lineage-kinds";
import type { Change } from "../../live/live";
import { useLiveQuery } from "../../live/use-live-query";
import { EXPORTED_MAX, ExportButton } from "./export-button";
import { LINEAGE, type LineageData } from "./lineage-query";
import { DEPTH_FIRST, DEPTH_MAX, DIRECTIONS, type LineageSearch } from "./lineage-search";
import { ReachedTable } from "./reached-table";

const LineagePicture = lazy(() => import("../../lineage/lineage-picture"));

/** A picture of more boxes shows nothing, and takes seconds to lay out. */
const DRAWN_MAX = 150;
const LISTED = 300;
const TABLE_NAMES = { DOWNSTREAM: "Reached", UPSTREAM: "Made from", BOTH: "Reached or made from" } as const;
const DIRECTION_NAMES = { DOWNSTREAM: "What it reached", UPSTREAM: "What it was made from", BOTH: "Both" } as const;

function concerns({ type }: Change): boolean {
  return /^(DEPLOYMENT|LINEAGE|RUN|MODEL_VERSION|LOGGED_MODEL|DATASET)_/.test(type);
}

export function LineageView({ of }: { of: string }) {
  const search = useSearch({ from: "/lineage" });
  const navigate = useNavigate({ from: "/lineage" });
  const { direction = "DOWNSTREAM", depth = DEPTH_FIRST } = search;
  const { data, error, fetching } = useLiveQuery(LINEAGE, { of, direction, depth, first: LISTED }, concerns);
  const lineage = data?.lineage;
  const start = lineage?.nodes.find((node) => node.depth === 0);
  const change = (next: LineageSearch) => void navigate({ search: next, replace: true });
  return (
    <main className="page stack">
      <div className="row">
        <Link to="/lineage" search={{}}>
          Lineage
        </Link>
        <span className="muted">/</span>
        <h1>{start?.name ?? "…"}</h1>
        {start && <Badge>{nameOfKind(start.kind)}</Badge>}
      </div>
      <div className="row">
        {DIRECTIONS.map((each) => (
          <button
            key={each}
            type="button"
            className="chip"
            aria-pressed={direction === each}
            onClick={() => change({ ...search, direction: each })}
          >
            {DIRECTION_NAMES[each]}
          </button>
        ))}
        <label className="row tight one-line">
          <span className="muted">Steps</span>
          <select value={depth} onChange={({ target }) => change({ ...search, depth: Number(target.value) })}>
            {[...new Set([1, 2, 3, 4, 5, 10, 20, DEPTH_MAX, depth])]
              .sort((a, b) => a - b)
              .map((each) => (
                <option key={each}>{each}</option>
              ))}
          </select>
        </label>
        {start && <ExportButton of={of} direction={direction} depth={depth} name={start.name} />}
      </div>
      {error && <Refusal error={error} />}
      {lineage && <Reached {...{ lineage, search, change, depth }} />}
      {!data && fetching && <div className="skeleton" />}
      {data && !lineage && !fetching && !error && <NoStart />}
    </main>
  );
}

interface ReachedProps {
  readonly lineage: LineageData;
  readonly search: LineageSearch;
  readonly depth: number;
  readonly change: (next: LineageSearch) => void;
}

function Reached({ lineage, search, depth, change }: ReachedProps) {
  const { nodes, counts, truncated } = lineage;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const isDeeper = truncated && total <= nodes.length && depth < DEPTH_MAX;
  return (
    <>
      <Impact lineage={lineage} />
      {nodes.length > 1 && (
        <Card
          title="Picture"
          side={nodes.length > DRAWN_MAX && <span className="muted small">the nearest {DRAWN_MAX}</span>}
        >
          <Suspense fallback={<div className="lineage skeleton" />}>
            <LineagePicture lineage={{ ...lineage, nodes: nodes.slice(0, DRAWN_MAX) }} />
          </Suspense>
        </Card>
      )}
      {isDeeper && (
        <div className="row">
          <button
            type="button"
            className="button"
            onClick={() => change({ ...search, depth: Math.min(DEPTH_MAX, depth * 2) })}
          >
            Go on: there is more beyond {depth} steps
          </button>
        </div>
      )}
      {nodes.length > 1 && (
        <ReachedTable
          title={TABLE_NAMES[search.direction ?? "DOWNSTREAM"]}
          lineage={lineage}
          kind={search.kind}
          choose={(kind) => change({ ...search, kind })}
        />
      )}
      {total > nodes.length && (
        <p className="muted" role="status">
          The nearest {nodes.length.toLocaleString()} of {total.toLocaleString()} are listed. The file has up to{" "}
          {EXPORTED_MAX}.
        </p>
      )}
    </>
  );
}

/** The one number that somebody asks for when data was wrong. */
function Impact({ lineage: { nodes, counts } }: { lineage: LineageData }) {
  const reached = counts
    .map(({ kind, count }) => ({ kind, count: count - (nodes[0]?.kind === kind ? 1 : 0) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => LINEAGE_KINDS.indexOf(a.kind) - LINEAGE_KINDS.indexOf(b.kind));
  const inProduction = nodes.filter(
    ({ node, depth }) => depth > 0 && node && "stage" in node && node.stage === "PRODUCTION",
  );
  if (reached.length === 0) return <p className="muted">Nothing was recorded in this direction.</p>;
  return (
    <ul className="impact" aria-label="How many were reached">
      {reached.map(({ kind, count }) => (
        <li key={kind} className={`card ${kind.toLowerCase()}`}>
          <strong>{count.toLocaleString()}</strong> <span className="muted">{nameOfKind(kind, count)}</span>
        </li>
      ))}
      {inProduction.length > 0 && (
        <li className="card production">
          <strong>{inProduction.length.toLocaleString()}</strong> <span className="muted">in PRODUCTION</span>
        </li>
      )}
    </ul>
  );
}

function NoStart() {
  return (
    <div className="empty card">
      <h2>There is no such object</h2>
      <p className="muted">It was deleted, or your token does not show it.</p>
      <Link to="/lineage" search={{}} className="button">
        All datasets
      </Link>
    </div>
  );
}
