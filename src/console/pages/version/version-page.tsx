import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { Actor } from "../../kit/actor";
import { Badge, StageBadge, StatusBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Markdown } from "../../kit/markdown";
import { Refusal } from "../../kit/refusal";
import { Tags } from "../../kit/tags";
import { Time } from "../../kit/time";
import { modelOf } from "../../live/live";
import { useLiveQuery } from "../../live/use-live-query";
import { PromoteDialog } from "../promote/promote-dialog";
import { ArtifactCard } from "./artifact-card";
import { ChecksCard } from "./checks-card";
import { MetricsCard, ParamsCard } from "./metrics-card";
import { RulesCard } from "./rules-card";
import { SignatureCard } from "./signature-card";
import { SnippetsCard } from "./snippets-card";
import { VersionHistory } from "./version-history";
import { VERSION, type VersionData, type VersionResult } from "./version-query";
import "./version-page.css";

const LineageCard = lazy(() => import("./lineage-card"));

export function VersionPage() {
  const { name, number } = useParams({ from: "/models/$name/versions/$number" });
  const variables = { name, number: Number(number) };
  const { data, error, fetching } = useLiveQuery(VERSION, variables, (change) => modelOf(change) === name);
  useEffect(() => {
    document.title = `${name} v${number} · Shelfmark`;
  }, [name, number]);
  return (
    <main className="page stack">
      {error && <Refusal error={error} />}
      {data?.modelVersion && <Version version={data.modelVersion} result={data} />}
      {!data && fetching && <div className="skeleton" />}
      {data && !data.modelVersion && !fetching && <NoVersion name={name} number={number} />}
    </main>
  );
}

function NoVersion({ name, number }: { name: string; number: string }) {
  return (
    <div className="empty card">
      <h1>
        There is no version {number} of {name}
      </h1>
      <p className="muted">It was deleted, or your token does not show it.</p>
      <Link to="/models/$name" params={{ name }} search={{}} className="button">
        All versions
      </Link>
    </div>
  );
}

function Version({ version, result }: { version: VersionData; result: VersionResult }) {
  const { run } = version;
  return (
    <>
      <VersionHead version={version} />
      <div className="version-columns">
        <div className="stack">
          <MetricsCard version={version} />
          {result.production && version.stage !== "PRODUCTION" && <RulesCard preview={result.production} />}
          <ChecksCard version={version} />
          {result.lineage && (
            <Suspense fallback={<div className="skeleton" />}>
              <LineageCard lineage={result.lineage} />
            </Suspense>
          )}
          <SignatureCard signature={version.signature} />
        </div>
        <div className="stack">
          <Card title="Description">
            {version.description ? <Markdown text={version.description} /> : <p className="muted">None.</p>}
          </Card>
          <ArtifactCard version={version} />
          <ParamsCard params={run?.params ?? []} />
          <SnippetsCard name={version.model.name} number={version.number} />
          <VersionHistory version={version} />
        </div>
      </div>
      <PromoteDialog version={version} />
    </>
  );
}

function VersionHead({ version }: { version: VersionData }) {
  const { model, number, stage, status, statusMessage, aliases, createdAt, createdBy, tags } = version;
  const search = useSearch({ from: "/models/$name/versions/$number" });
  const navigate = useNavigate({ from: "/models/$name/versions/$number" });
  const open = (promote: "PRODUCTION" | "STAGING") => void navigate({ search: { ...search, promote } });
  return (
    <header className="stack version-head">
      <div className="row between">
        <div className="row">
          <Link to="/models/$name" params={{ name: model.name }} search={{}}>
            {model.name}
          </Link>
          <span className="muted">/</span>
          <h1>v{number}</h1>
          {stage !== "NONE" && <StageBadge stage={stage} />}
          <StatusBadge status={status} />
          {aliases.map((alias) => (
            <Badge key={alias.name} tone="violet">
              {alias.name}
            </Badge>
          ))}
        </div>
        <div className="row">
          {stage !== "STAGING" && stage !== "PRODUCTION" && (
            <button type="button" className="button" onClick={() => open("STAGING")}>
              Move to STAGING
            </button>
          )}
          <button type="button" className="button primary" onClick={() => open("PRODUCTION")}>
            {stage === "PRODUCTION" ? "Roll back" : "Promote"}
          </button>
        </div>
      </div>
      <div className="row muted">
        Registered <Time at={createdAt} /> by <Actor actor={createdBy} />
        {statusMessage && `: ${statusMessage}`}
      </div>
      <Tags tags={tags} />
    </header>
  );
}
