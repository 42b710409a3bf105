import { Link } from "@tanstack/react-router";
import { StageBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import type { RunData, RunInputData, RunOutputData } from "./run-query";

/** What it read and what it made. */
export function RunLinks({ run: { inputs, outputs } }: { run: RunData }) {
  return (
    <>
      <LinksCard
        title="Inputs"
        links={inputs.nodes}
        count={inputs.totalCount}
        none="It has read nothing that was logged."
      />
      <LinksCard title="Outputs" links={outputs.nodes} count={outputs.totalCount} none="It has made nothing yet." />
    </>
  );
}

interface CardProps {
  readonly title: string;
  readonly links: readonly (RunInputData | RunOutputData)[];
  readonly count: number;
  readonly none: string;
}

function LinksCard({ title, links, count, none }: CardProps) {
  if (count === 0)
    return (
      <Card title={title}>
        <p className="muted">{none}</p>
      </Card>
    );
  return (
    <Card title={`${title} (${count.toLocaleString()})`}>
      <ul className="stack cells">
        {links.map((link) => (
          <li key={keyOf(link)} className="row tight">
            <LinkTarget link={link} />
            {link.context && <span className="muted">{link.context}</span>}
          </li>
        ))}
        {count > links.length && <li className="muted">and {(count - links.length).toLocaleString()} more</li>}
      </ul>
    </Card>
  );
}

function keyOf(link: RunInputData | RunOutputData): string {
  const { dataset, loggedModel, modelVersion, run, context } = link;
  return `${dataset?.id} ${loggedModel?.id} ${modelVersion?.id} ${run?.id} ${context} ${"step" in link ? link.step : ""}`;
}

function LinkTarget({ link }: { link: RunInputData | RunOutputData }) {
  const { dataset, loggedModel, modelVersion, run } = link;
  if (modelVersion)
    return (
      <>
        <Link
          to="/models/$name/versions/$number"
          params={{ name: modelVersion.model.name, number: String(modelVersion.number) }}
          search={{}}
          className="anywhere"
        >
          {modelVersion.model.name} v{modelVersion.number}
        </Link>
        {"stage" in modelVersion && modelVersion.stage !== "NONE" && <StageBadge stage={modelVersion.stage} />}
      </>
    );
  if (run)
    return (
      <Link to="/runs/$run" params={{ run: run.runId }} search={{}} className="anywhere">
        {run.name ?? run.runId}
      </Link>
    );
  if (dataset)
    return (
      <Link to="/lineage" search={{ of: dataset.id }} className="anywhere">
        {dataset.name} <span className="muted mono">{dataset.digest.slice(0, 12)}</span>
      </Link>
    );
  if (loggedModel)
    return (
      <Link to="/lineage" search={{ of: loggedModel.id }} className="anywhere">
        {loggedModel.name} <span className="muted">logged model</span>
      </Link>
    );
  return <span className="muted">what your token does not show</span>;
}
