import { Link } from "@tanstack/react-router";
import { Badge } from "../../kit/badge";
import { Time } from "../../kit/time";
import type { Column } from "../../kit/virtual-table";
import { orderAliases } from "./alias-order";
import { firstLineOf } from "./first-line";
import type { ModelRowData } from "./models-query";

export const MODEL_COLUMNS: readonly Column<ModelRowData>[] = [
  { key: "name", title: "Model", className: "model-name", cell: (model) => <NameCell model={model} /> },
  {
    key: "production",
    title: "Production",
    className: "narrow",
    cell: (model) => <Holder model={model} stage="PRODUCTION" />,
  },
  { key: "staging", title: "Staging", className: "narrow", cell: (model) => <Holder model={model} stage="STAGING" /> },
  { key: "latest", title: "Latest", className: "narrow wide", cell: (model) => <Latest model={model} /> },
  { key: "aliases", title: "Aliases", className: "wide", cell: (model) => <Aliases model={model} /> },
  {
    key: "deployments",
    title: "Deployments",
    className: "narrow wide deployed",
    cell: (model) => <Deployments model={model} />,
  },
  { key: "owner", title: "Owner", className: "narrow wide", cell: ownerOf },
  { key: "updated", title: "Updated", className: "narrow wide", cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];

function ownerOf({ owner, createdBy }: ModelRowData) {
  return owner ?? createdBy.name ?? createdBy.subject;
}

function NameCell({ model: { name, description } }: { model: ModelRowData }) {
  return (
    <>
      <Link to="/models/$name" params={{ name }} className="strong-link">
        {name}
      </Link>
      {description && <div className="muted cut">{firstLineOf(description)}</div>}
    </>
  );
}

function VersionLink({ name, number }: { name: string; number: number }) {
  return (
    <Link to="/models/$name/versions/$number" params={{ name, number: String(number) }}>
      v{number}
    </Link>
  );
}

function Holder({ model: { name, stages }, stage }: { model: ModelRowData; stage: "PRODUCTION" | "STAGING" }) {
  const summary = stages.find((each) => each.stage === stage);
  if (!summary?.current) return <span className="muted">–</span>;
  return (
    <Badge tone={stage === "PRODUCTION" ? "green" : "amber"}>
      <VersionLink name={name} number={summary.current.number} />
    </Badge>
  );
}

function Latest({ model: { name, latestVersion } }: { model: ModelRowData }) {
  if (!latestVersion) return <span className="muted">–</span>;
  const { number, status } = latestVersion;
  return (
    <>
      <VersionLink name={name} number={number} />
      {status !== "READY" && <span className="muted"> {status}</span>}
    </>
  );
}

function Aliases({ model: { aliases } }: { model: ModelRowData }) {
  const ordered = orderAliases(aliases);
  const [first, ...more] = ordered;
  if (!first) return <span className="muted">–</span>;
  const all = ordered.map(({ name, modelVersion }) => `${name} → v${modelVersion.number}`).join(", ");
  return (
    <span title={all}>
      <Badge tone="violet">
        {first.name} → v{first.modelVersion.number}
      </Badge>
      {more.length > 0 && <span className="muted"> +{more.length}</span>}
    </span>
  );
}

function Deployments({ model: { running, drifted } }: { model: ModelRowData }) {
  if (running.totalCount === 0) return <span className="muted">–</span>;
  return (
    <span className="row tight one-line">
      {running.totalCount.toLocaleString()}
      {drifted.totalCount > 0 && <Badge tone="red">{drifted.totalCount} drifted</Badge>}
    </span>
  );
}
