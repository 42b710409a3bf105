import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { Actor } from "../../kit/actor";
import { Badge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Markdown } from "../../kit/markdown";
import { Refusal } from "../../kit/refusal";
import { Tags } from "../../kit/tags";
import { Time } from "../../kit/time";
import { modelOf } from "../../live/live";
import { useLiveQuery } from "../../live/use-live-query";
import { ActivityCard, FIRST_EVENTS } from "./activity-card";
import { DeploymentsCard } from "./deployments-card";
import { GuardsCard } from "./guards-card";
import { MODEL, type ModelData } from "./model-query";
import { StageCards } from "./stage-cards";
import { StageTimeline } from "./stage-timeline";
import { VersionsCard } from "./versions-card";
import "./model-page.css";

export function ModelPage() {
  const { name } = useParams({ from: "/models/$name" });
  const { events = FIRST_EVENTS } = useSearch({ from: "/models/$name" });
  const { data, error, fetching } = useLiveQuery(MODEL, { name, events }, (change) => modelOf(change) === name);
  useEffect(() => {
    document.title = `${name} · Shelfmark`;
  }, [name]);
  return (
    <main className="page stack">
      {error && <Refusal error={error} />}
      {data?.model && <Model model={data.model} />}
      {!data && fetching && <div className="skeleton" />}
      {data && !data.model && !fetching && <NoModel name={name} />}
    </main>
  );
}

function NoModel({ name }: { name: string }) {
  return (
    <div className="empty card">
      <h1>There is no model {name}</h1>
      <p className="muted">It was deleted or renamed, or your token does not show it.</p>
      <Link to="/" search={{}} className="button">
        All models
      </Link>
    </div>
  );
}

function Model({ model }: { model: ModelData }) {
  const search = useSearch({ from: "/models/$name" });
  const navigate = useNavigate({ from: "/models/$name" });
  return (
    <>
      <header className="stack model-head">
        <div className="row">
          <Link to="/" search={{}}>
            Models
          </Link>
          <span className="muted">/</span>
          <h1>{model.name}</h1>
          {model.aliases.map(({ name, modelVersion }) => (
            <Badge key={name} tone="violet">
              {name} → v{modelVersion.number}
            </Badge>
          ))}
        </div>
        <div className="row muted">
          Registered <Time at={model.createdAt} /> by <Actor actor={model.createdBy} /> · changed{" "}
          <Time at={model.updatedAt} />
        </div>
        <Tags tags={model.tags} />
      </header>
      <StageCards model={model} />
      <Card title="Who held a stage, and when">
        <StageTimeline model={model} />
      </Card>
      <div className="model-columns">
        <div className="stack">
          <VersionsCard
            model={model}
            metrics={search.metrics?.split(",").filter(Boolean)}
            chooseMetrics={(keys) => void navigate({ search: { ...search, metrics: keys.join(",") }, replace: true })}
            ticked={search.versions ?? []}
            tick={(ids) =>
              void navigate({ search: { ...search, versions: ids.length > 0 ? ids : undefined }, replace: true })
            }
          />
          <DeploymentsCard model={model} />
        </div>
        <div className="stack">
          <Card title="Description">
            {model.description ? (
              <Markdown text={model.description} />
            ) : (
              <p className="muted">None yet: updateModel sets one, in Markdown.</p>
            )}
          </Card>
          <OpenRequests model={model} />
          <GuardsCard model={model} />
          <ActivityCard
            model={model}
            shown={search.events ?? FIRST_EVENTS}
            show={(events) => void navigate({ search: { ...search, events }, replace: true, resetScroll: false })}
          />
        </div>
      </div>
    </>
  );
}

function OpenRequests({ model: { name, promotionRequests } }: { model: ModelData }) {
  if (promotionRequests.nodes.length === 0) return null;
  return (
    <Card title="Open requests">
      <ul className="stack inline-links">
        {promotionRequests.nodes.map(({ id, versionNumber, stage, alias, requestedBy, createdAt }) => (
          <li key={id}>
            <Link to="/models/$name/versions/$number" params={{ name, number: String(versionNumber) }}>
              v{versionNumber}
            </Link>{" "}
            → {stage ?? alias} by <Actor actor={requestedBy} />, <Time at={createdAt} />.{" "}
            <Link to="/approvals" search={{}} hash={id}>
              Review
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
