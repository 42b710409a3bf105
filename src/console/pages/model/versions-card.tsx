import { Link } from "@tanstack/react-router";
import { Actor } from "../../kit/actor";
import { Badge, StageBadge, StatusBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Command } from "../../kit/copyable";
import { formatMetric } from "../../kit/number";
import { Time } from "../../kit/time";
import { commonKeys } from "../../lists/common-keys";
import { CompareTicked, toggled } from "../compare/compare-ticked";
import { MetricChoice } from "./metric-choice";
import type { ModelData, VersionRowData } from "./model-query";
import { MoreVersions } from "./more-versions";

const DEFAULT_METRICS = 3;

interface Props {
  readonly model: ModelData;
  /** Undefined: not chosen yet. */
  readonly metrics: readonly string[] | undefined;
  readonly chooseMetrics: (keys: readonly string[]) => void;
  /** The ticked versions, by their global ids. */
  readonly ticked: readonly string[];
  readonly tick: (ids: readonly string[]) => void;
}

export function VersionsCard({ model, metrics, chooseMetrics, ticked, tick }: Props) {
  const { nodes, totalCount, pageInfo } = model.versions;
  const known = commonKeys(nodes.map(({ run }) => run?.metrics ?? []));
  const shown = metrics ?? known.slice(0, DEFAULT_METRICS);
  const row = (version: VersionRowData) => (
    <VersionRow
      key={version.id}
      name={model.name}
      version={version}
      metrics={shown}
      isTicked={ticked.includes(version.id)}
      tick={() => tick(toggled(ticked, version.id))}
    />
  );
  if (totalCount === 0) return <NoVersions name={model.name} />;
  return (
    <Card
      isBare
      title={`Versions (${totalCount.toLocaleString()})`}
      side={
        <span className="row">
          {ticked.length > 0 && <CompareTicked ticked={ticked} untick={() => tick([])} />}
          <MetricChoice known={known} shown={shown} choose={chooseMetrics} />
        </span>
      }
    >
      <table>
        <thead>
          <tr>
            <th scope="col" className="tick">
              <span className="visually-hidden">Tick to compare</span>
            </th>
            <th scope="col">Version</th>
            <th scope="col">Stage</th>
            {shown.map((key) => (
              <th key={key} scope="col" className="number">
                {key}
              </th>
            ))}
            <th scope="col">Made by</th>
            <th scope="col">Age</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map(row)}
          <MoreVersions name={model.name} pageInfo={pageInfo} row={row} />
        </tbody>
      </table>
    </Card>
  );
}

interface RowProps {
  readonly name: string;
  readonly version: VersionRowData;
  readonly metrics: readonly string[];
  readonly isTicked: boolean;
  readonly tick: () => void;
}

function VersionRow({ name, version, metrics, isTicked, tick }: RowProps) {
  const { number, stage, status, aliases, run, createdBy, createdAt } = version;
  const metricOf = (key: string) => run?.metrics.find((metric) => metric.key === key)?.value;
  return (
    <tr>
      <td className="tick">
        <input type="checkbox" aria-label={`Compare v${number}`} checked={isTicked} onChange={tick} />
      </td>
      <th scope="row">
        <div className="row">
          <Link to="/models/$name/versions/$number" params={{ name, number: String(number) }} className="strong-link">
            v{number}
          </Link>
          {aliases.map((alias) => (
            <Badge key={alias.name} tone="violet">
              {alias.name}
            </Badge>
          ))}
          {status !== "READY" && <StatusBadge status={status} />}
        </div>
      </th>
      <td>{stage === "NONE" ? <span className="muted">–</span> : <StageBadge stage={stage} />}</td>
      {metrics.map((key) => {
        const value = metricOf(key);
        return (
          <td key={key} className="number">
            {value === undefined ? <span className="muted">–</span> : formatMetric(value)}
          </td>
        );
      })}
      <td>
        <Actor actor={createdBy} />
      </td>
      <td className="nowrap">
        <Time at={createdAt} />
      </td>
    </tr>
  );
}

function NoVersions({ name }: { name: string }) {
  return (
    <Card title="Versions">
      <div className="empty">
        <h3>No version yet</h3>
        <Command
          text={`npx shelfmark query -e 'mutation {
  createModelVersion(input: { model: { name: ${JSON.stringify(name)} }, source: "s3://models/1" }) {
    modelVersion { number }
  }
}'`}
        />
      </div>
    </Card>
  );
}
