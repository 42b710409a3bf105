import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { StatusBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { CopyButton } from "../../kit/copyable";
import type { RunData } from "./run-query";

export function RunFacts({ run }: { run: RunData }) {
  const { runId, user, source, gitCommit, artifactUri, parent, children } = run;
  return (
    <Card title="Run">
      <dl className="facts">
        <Fact name="Id">
          <Copyable text={runId} />
        </Fact>
        {user && <Fact name="User">{user}</Fact>}
        {source && (
          <Fact name="Code">
            <span className="mono anywhere">{source}</span>
          </Fact>
        )}
        {gitCommit && (
          <Fact name="Commit">
            <Copyable text={gitCommit} />
          </Fact>
        )}
        {artifactUri && (
          <Fact name="Artifacts">
            <Copyable text={artifactUri} />
          </Fact>
        )}
        {parent && (
          <Fact name="Part of">
            <Link to="/runs/$run" params={{ run: parent.runId }} search={{}}>
              {parent.name ?? parent.runId}
            </Link>
          </Fact>
        )}
        {children.totalCount > 0 && (
          <Fact name="Parts">
            <ul className="stack cells">
              {children.nodes.map((child) => (
                <li key={child.id} className="row tight">
                  <Link to="/runs/$run" params={{ run: child.runId }} search={{}} className="anywhere">
                    {child.name ?? child.runId}
                  </Link>
                  {child.status !== "FINISHED" && <StatusBadge status={child.status} />}
                </li>
              ))}
              {children.totalCount > children.nodes.length && (
                <li className="muted">and {(children.totalCount - children.nodes.length).toLocaleString()} more</li>
              )}
            </ul>
          </Fact>
        )}
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="anywhere">{children}</dd>
    </div>
  );
}

function Copyable({ text }: { text: string }) {
  return (
    <span className="row tight one-line">
      <span className="mono anywhere">{text}</span>
      <CopyButton text={text} label={`Copy ${text.length > 40 ? "it" : text}`} />
    </span>
  );
}
