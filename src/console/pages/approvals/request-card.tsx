import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { type CombinedError, useMutation } from "urql";
import { Actor } from "../../kit/actor";
import { Badge, StatusBadge } from "../../kit/badge";
import { Refusal } from "../../kit/refusal";
import { Time } from "../../kit/time";
import { APPROVE, type OpenRequestData, REJECT } from "./approvals-query";
import { HolderComparison } from "./holder-comparison";

export function RequestCard({ request, canReview }: { request: OpenRequestData; canReview: boolean }) {
  const { id, modelVersion, versionNumber, stage, alias, status, reason, requestedBy, createdAt, expiresAt } = request;
  const title = `${modelVersion?.model.name ?? "A deleted model"} v${versionNumber} → ${stage ?? alias}`;
  return (
    <article className="card" id={id} aria-label={title}>
      <header>
        <h3 className="row">
          {modelVersion ? (
            <Link
              to="/models/$name/versions/$number"
              params={{ name: modelVersion.model.name, number: String(versionNumber) }}
              search={{}}
            >
              {title}
            </Link>
          ) : (
            title
          )}
          <StatusBadge status={status} />
        </h3>
        <span className="muted">
          <Actor actor={requestedBy} />, <Time at={createdAt} />; ends <Time at={expiresAt} />
        </span>
      </header>
      <div className="body stack">
        {reason && <p>{reason}</p>}
        {request.staleReasons.map((text) => (
          <Badge key={text} tone="amber">
            {text}
          </Badge>
        ))}
        {modelVersion && <HolderComparison version={modelVersion} />}
        <Reviews request={request} />
        {canReview && <Review request={id} />}
      </div>
    </article>
  );
}

function Reviews({ request: { reviews, modelVersion } }: { request: OpenRequestData }) {
  const checks = modelVersion?.checks.nodes ?? [];
  return (
    <ul className="row">
      {checks.map(({ id, name, status, summary }) => (
        <li key={id}>
          <Badge tone={status === "PASSED" ? "green" : status === "FAILED" ? "red" : "amber"} title={summary ?? ""}>
            {name}: {status}
          </Badge>
        </li>
      ))}
      {reviews.nodes.map(({ at, verdict, reviewer, comment }) => (
        <li key={at}>
          <Badge title={comment ?? ""}>
            {verdict} by {reviewer.name ?? reviewer.subject}
          </Badge>
        </li>
      ))}
    </ul>
  );
}

function Review({ request }: { request: string }) {
  const field = useId();
  const [comment, setComment] = useState("");
  const [refusal, setRefusal] = useState<CombinedError>();
  const [isBusy, setBusy] = useState(false);
  const [, approve] = useMutation(APPROVE);
  const [, reject] = useMutation(REJECT);
  const send = async (review: typeof approve | typeof reject) => {
    setBusy(true);
    const { error } = await review({ input: { request, comment: comment.trim() || null } });
    setBusy(false);
    setRefusal(error);
  };
  return (
    <div className="stack review">
      <label htmlFor={field} className="visually-hidden">
        Comment
      </label>
      <textarea
        id={field}
        rows={1}
        placeholder="Comment (optional)"
        value={comment}
        onChange={({ target }) => setComment(target.value)}
      />
      {refusal && <Refusal error={refusal} />}
      <div className="row dialog-buttons">
        <button type="button" className="button" disabled={isBusy} onClick={() => void send(reject)}>
          Reject
        </button>
        <button type="button" className="button primary" disabled={isBusy} onClick={() => void send(approve)}>
          Approve
        </button>
      </div>
    </div>
  );
}
