import { CurvesCard } from "../../charts/curves-card";
import type { CompareSearch } from "./compare-search";
import { ComparedHead } from "./compared-head";
import type { Comparison } from "./comparison";
import { ComparisonTable, type TableRow } from "./comparison-table";
import { InputMark, MetricValues } from "./comparison-values";
import "./compare-page.css";

interface Props {
  readonly comparison: Comparison;
  readonly search: CompareSearch;
  readonly change: (next: CompareSearch) => void;
}

/** Side by side; the rows that differ come first. */
export function ComparisonView({ comparison, search, change }: Props) {
  const { compared, params, metrics, inputs, tags } = comparison;
  const isShown = ({ differs }: { differs: boolean }) => differs || !search.differing;
  const text = (rows: Comparison["params"]): TableRow[] =>
    rows.filter(isShown).map(({ key, values, differs }) => ({
      ...{ id: key, head: key, differs },
      cells: values.map((value) => value ?? <span className="muted">–</span>),
    }));
  const runs = compared.flatMap(({ run, label }) => (run ? [{ id: run.id, label }] : []));
  const head = <ComparedHead {...{ compared, search, change }} />;
  const tables = [
    [
      "Metrics",
      metrics.filter(isShown).map(({ key, dataset, values, differs }) => ({
        ...{ id: `${key} ${dataset?.id}`, differs },
        head: dataset ? `${key} on ${dataset.name}` : key,
        cells: values.map((value, i) => (
          <MetricValues key={compared[i]?.id} value={value} base={i === 0 ? null : (values[0] ?? null)} />
        )),
      })),
      metrics.length,
    ],
    ["Params", text(params), params.length],
    [
      "Inputs",
      inputs.filter(isShown).map(({ nodeId, name, context, present, differs }) => ({
        ...{ id: `${nodeId} ${context}`, differs },
        head: context ? `${name} (${context})` : name,
        cells: present.map((isThere, i) => <InputMark key={compared[i]?.id} isThere={isThere} />),
      })),
      inputs.length,
    ],
    ["Tags", text(tags), tags.length],
  ] as const satisfies readonly (readonly [string, readonly TableRow[], number])[];
  return (
    <>
      <div className="row">
        <button
          type="button"
          className="chip"
          aria-pressed={search.differing === true}
          onClick={() => change({ ...search, differing: search.differing ? undefined : true })}
        >
          Only what differs
        </button>
        <span className="muted small">Differences are against the first.</span>
      </div>
      {tables.map(([title, rows, count], i) => (
        <ComparisonTable key={title} {...{ title, rows, count, compared }} head={i === 0 ? head : undefined} />
      ))}
      {runs.length > 0 && (
        <CurvesCard
          runs={runs}
          keys={[...new Set(metrics.map(({ key }) => key))]}
          search={search}
          change={(next) => change({ ...search, ...next })}
          isRunning={compared.some(({ run }) => run?.isRunning)}
        />
      )}
    </>
  );
}
