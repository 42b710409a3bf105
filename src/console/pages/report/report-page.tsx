import { Link, useParams } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { Refusal } from "../../kit/refusal";
import { formatTime } from "../../kit/time";
import { modelOf } from "../../live/live";
import { useLiveQuery } from "../../live/use-live-query";
import { ReportGate } from "./report-gate";
import { type HeadData, REPORT, type ReportData } from "./report-query";
import { Who } from "./who";
import "./report.css";

export default function ReportPage() {
  const { revision } = useParams({ from: "/promotions/$revision" });
  const variables = { revision: Number(revision) };
  const { data, error, fetching } = useLiveQuery(REPORT, variables, (change) => modelOf(change) !== null);
  const promotion = data?.promotionReport.nodes[0];
  const title = promotion ? titleOf(promotion) : `Promotion ${revision}`;
  useEffect(() => {
    document.title = `${title} · Shelfmark`;
  }, [title]);
  return (
    <main className="page stack report inline-links">
      {error && <Refusal error={error} />}
      {!data && fetching && <div className="skeleton" />}
      {data && !promotion && !fetching && <NoPromotion revision={revision} />}
      {data && promotion && <Report promotion={promotion} head={data.head} title={title} />}
    </main>
  );
}

function NoPromotion({ revision }: { revision: string }) {
  return (
    <div className="empty card">
      <h1>No promotion has the revision {revision}</h1>
      <p className="muted">
        Moves to STAGING, to PRODUCTION and to aliases are promotions. Or your token does not show it.
      </p>
      <Link to="/" search={{}} className="button">
        All models
      </Link>
    </div>
  );
}

function titleOf({ modelName, currentModelName, versionNumber, stage, alias }: ReportData): string {
  return `${modelName ?? currentModelName} v${versionNumber} to ${stage ?? `the alias ${alias}`}`;
}

function Report({ promotion, head, title }: { promotion: ReportData; head: HeadData; title: string }) {
  const { actor, at, reason, decision, request, notes } = promotion;
  return (
    <>
      <header className="row between">
        <div>
          <p className="muted">Report of a promotion</p>
          <h1>{title}</h1>
        </div>
        <button type="button" className="button primary no-print" onClick={() => window.print()}>
          Print or save as PDF
        </button>
      </header>
      <Part title="Who, when and why">
        <Fact name="Promoted by">
          <Who actor={actor} />
        </Fact>
        {decision?.onBehalfOf && (
          <Fact name="On behalf of">
            <Who actor={decision.onBehalfOf} />
          </Fact>
        )}
        <Fact name="When">
          {formatTime(at)} <span className="muted mono">{at}</span>
        </Fact>
        <Fact name="Reason">{reason ?? <span className="muted">none was given</span>}</Fact>
        {decision?.isRollback && <Fact name="Rollback">made by rollback</Fact>}
      </Part>
      <Versions promotion={promotion} />
      <ReportGate decision={decision} request={request} />
      <Evidence promotion={promotion} head={head} />
      {notes.length > 0 && (
        <Part title="What this report does not show">
          {notes.map((note) => (
            <Fact key={note} name="Note">
              {note}
            </Fact>
          ))}
        </Part>
      )}
    </>
  );
}

function Versions({ promotion }: { promotion: ReportData }) {
  const { versionNumber, previousVersionNumber, digest, stage, alias, fromStage, heldBefore, served, left, next } =
    promotion;
  const { modelName, currentModelName } = promotion;
  return (
    <Part title="Versions">
      <Fact name="Model">
        <Link to="/models/$name" params={{ name: currentModelName }} search={{}}>
          {currentModelName}
        </Link>
        {modelName !== null && modelName !== currentModelName && `, then named ${modelName}`}
      </Fact>
      <Fact name="After">
        version {versionNumber} in {stage ?? `the alias ${alias}`}
        {fromStage && `, from ${fromStage}`}
        {heldBefore && "; it had been there before"}
      </Fact>
      <Fact name="Before">
        {previousVersionNumber === null ? "nothing was there" : `version ${previousVersionNumber}`}
      </Fact>
      <Fact name="SHA-256 of the artifacts">
        {digest ? <span className="mono">{digest}</span> : <span className="muted">not recorded</span>}
      </Fact>
      <Fact name="It was there">
        from {formatTime(served.from)} {served.until ? `until ${formatTime(served.until)}` : "until now"}
      </Fact>
      {left && (
        <Fact name="Taken off">
          by <Who actor={left.actor} />, {formatTime(left.at)}
          {left.toStage && `, to ${left.toStage}`}
          {left.reason && `: ${left.reason}`}
        </Fact>
      )}
      {next && (
        <Fact name="Followed by">
          version {next.versionNumber}, {formatTime(next.at)}
        </Fact>
      )}
    </Part>
  );
}

const PROOFS = {
  LOG: "The log holds the event, and this report says what the event says.",
  COMPACTED: "The event was compacted: the archived segment that holds its revision is the proof.",
  DIFFERS: "This report says something else than the log: somebody changed the database.",
} as const;

/** What an auditor compares with the exported log. */
function Evidence({ promotion: { revision, eventId, proof }, head }: { promotion: ReportData; head: HeadData }) {
  return (
    <Part title="Proof">
      <Fact name="Position in the log">
        revision {revision} of {head.revision}
      </Fact>
      <Fact name="Event">
        <span className="mono">{eventId}</span>
      </Fact>
      <Fact name="Hash in the chain">
        <span className="mono">{proof.hash ?? "not kept"}</span>
      </Fact>
      <Fact name="State">
        {proof.state}: {PROOFS[proof.state]}
      </Fact>
      <Fact name="To verify">
        <code>shelfmark audit verify</code> checks the whole chain.
      </Fact>
    </Part>
  );
}

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card report-part" aria-label={title}>
      <header>
        <h2>{title}</h2>
      </header>
      <dl className="body">{children}</dl>
    </section>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
