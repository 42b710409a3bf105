import { Card } from "../../kit/card";
import { CopyButton } from "../../kit/copyable";
import { SafeLink } from "../../kit/safe-link";
import type { VersionData } from "./version-query";

export function ArtifactCard({ version: { source, digest, run, runLink, flavors } }: { version: VersionData }) {
  const frameworks = flavors && typeof flavors === "object" ? Object.keys(flavors) : [];
  return (
    <Card title="Artifact">
      <dl className="facts">
        <Fact title="Source" text={source} missing="none, or your token lacks artifacts:read" />
        <Fact title="Digest" text={digest} missing="none" />
        <div>
          <dt>Run</dt>
          <dd>
            {run ? run.name || run.runId : <span className="muted">none</span>}
            {runLink && (
              <>
                {" "}
                <SafeLink href={runLink}>its page</SafeLink>
              </>
            )}
          </dd>
        </div>
        {run?.gitCommit && <Fact title="Commit" text={run.gitCommit} missing="" />}
        {frameworks.length > 0 && <Fact title="Flavors" text={frameworks.join(", ")} missing="" />}
      </dl>
    </Card>
  );
}

function Fact({ title, text, missing }: { title: string; text: string | null; missing: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd className="row">
        {text === null ? (
          <span className="muted">{missing}</span>
        ) : (
          <>
            <code className="anywhere">{text}</code>
            <CopyButton text={text} label={`Copy: ${title}`} />
          </>
        )}
      </dd>
    </div>
  );
}
