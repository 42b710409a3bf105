import type { ComparedRun } from "./compare-query";
import type { Comparison, InputRow, MetricRow, TextRow } from "./comparison";

/** The rows of several runs, those that differ first, then by key: as `compareVersions` answers for versions. */
export function compareRuns(runs: readonly ComparedRun[]): Comparison {
  return {
    compared: runs.map(({ id, runId, name, status }) => ({
      ...{ id, label: name ?? runId, stage: null, model: null },
      run: { id, runId, isRunning: status === "RUNNING" },
    })),
    params: textRows(runs.map(({ params }) => params)),
    metrics: metricRows(runs),
    inputs: inputRows(runs),
    tags: textRows(runs.map(({ tags }) => tags)),
  };
}

function ordered<Row extends { readonly differs: boolean }>(rows: readonly Row[], nameOf: (row: Row) => string): Row[] {
  return [...rows].sort((a, b) => Number(b.differs) - Number(a.differs) || nameOf(a).localeCompare(nameOf(b)));
}

const differ = (values: readonly unknown[]) => new Set(values).size > 1;

function textRows(sides: readonly (readonly { readonly key: string; readonly value: string }[])[]): TextRow[] {
  const maps = sides.map((side) => new Map(side.map(({ key, value }) => [key, value])));
  const keys = new Set(maps.flatMap((map) => [...map.keys()]));
  const rows = [...keys].map((key) => {
    const values = maps.map((map) => map.get(key) ?? null);
    return { key, values, differs: differ(values) };
  });
  return ordered(rows, ({ key }) => key);
}

function metricRows(runs: readonly ComparedRun[]): MetricRow[] {
  const idOf = ({ key, dataset }: ComparedRun["metrics"][number]) => JSON.stringify([key, dataset?.id ?? null]);
  const maps = runs.map(({ metrics }) => new Map(metrics.map((metric) => [idOf(metric), metric])));
  const first = new Map(runs.flatMap(({ metrics }) => metrics.map((metric) => [idOf(metric), metric])));
  const rows = [...first].map(([id, { key, dataset }]) => {
    const values = maps.map((map) => map.get(id)?.value ?? null);
    return { key, dataset, values, differs: differ(values) };
  });
  return ordered(rows, ({ key, dataset }) => `${key} ${dataset?.name ?? ""}`);
}

function inputRows(runs: readonly ComparedRun[]): InputRow[] {
  const sides = runs.map(({ inputs }) => new Map(inputs.nodes.flatMap((link) => labelled(link))));
  const all = new Map(sides.flatMap((side) => [...side]));
  const rows = [...all].map(([id, input]) => {
    const present = sides.map((side) => side.has(id));
    return { ...input, present, differs: differ(present) };
  });
  return ordered(rows, ({ name }) => name);
}

function labelled(link: ComparedRun["inputs"]["nodes"][number]) {
  const { dataset, modelVersion, loggedModel, run, context } = link;
  const node = dataset ?? modelVersion ?? loggedModel ?? run;
  if (!node) return [];
  const name = dataset
    ? `${dataset.name}@${dataset.digest}`
    : modelVersion
      ? `${modelVersion.model.name} v${modelVersion.number}`
      : (loggedModel?.name ?? run?.name ?? run?.runId ?? "");
  return [[`${node.id} ${context}`, { nodeId: node.id, name, context }] as const];
}
