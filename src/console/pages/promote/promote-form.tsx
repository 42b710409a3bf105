import { useDeferredValue, useState } from "react";
import { type CombinedError, useMutation } from "urql";
import { Refusal } from "../../kit/refusal";
import { modelOf } from "../../live/live";
import { useLiveQuery } from "../../live/use-live-query";
import type { VersionData } from "../version/version-query";
import { PREVIEW, PROMOTE, REQUEST } from "./promote-query";
import { ReasonField } from "./reason-field";
import { RuleList } from "./rule-list";

interface Props {
  readonly version: VersionData;
  readonly stage: "PRODUCTION" | "STAGING";
  readonly close: () => void;
}

export function PromoteForm({ version, stage, close }: Props) {
  const { id, model } = version;
  const [reason, setReason] = useState("");
  const given = useDeferredValue(reason.trim() || null);
  const { data, error, fetching } = useLiveQuery(
    PREVIEW,
    { version: { id }, stage, reason: given },
    (change) => modelOf(change) === model.name,
  );
  const [, promote] = useMutation(PROMOTE);
  const [, request] = useMutation(REQUEST);
  const [refusal, setRefusal] = useState<CombinedError>();
  const [isBusy, setBusy] = useState(false);
  const preview = data?.previewPromotion;
  const holder = model.stages.find((each) => each.stage === stage)?.current ?? null;
  const asked = model.promotionRequests.nodes.find(
    (each) => each.versionNumber === version.number && each.stage === stage,
  );
  const isWaiting = preview?.rules.some(
    ({ kind, status, mode }) => kind === "APPROVALS" && mode === "ENFORCE" && status !== "PASSED",
  );

  const send = async (answer: Promise<{ error?: CombinedError | undefined }>) => {
    setBusy(true);
    const { error: refused } = await answer;
    setBusy(false);
    setRefusal(refused);
    if (!refused) close();
  };
  const toReason = reason.trim() || null;
  const move = () =>
    send(
      promote({
        input: {
          ...{ version: { id }, to: stage, archiveExisting: true, reason: toReason },
          // what is on the screen: if something else holds by then, the server refuses
          ...{ expectedStage: version.stage, expectedHolder: holder?.number ?? null },
        },
      }),
    );
  const ask = () =>
    send(
      request({
        input: { version: { id }, target: { stage }, archiveExisting: true, autoExecute: true, reason: toReason },
      }),
    );

  return (
    <>
      <p>
        {holder
          ? `${model.name} v${holder.number} is in ${stage} now, and moves to ARCHIVED.`
          : `${stage} of ${model.name} is empty.`}
      </p>
      {error && <Refusal error={error} />}
      {preview && preview.obstacles.length > 0 && (
        <ul className="obstacles">
          {preview.obstacles.map((obstacle) => (
            <li key={obstacle}>{obstacle}</li>
          ))}
        </ul>
      )}
      {preview && <RuleList rules={preview.rules} />}
      {preview && preview.policies.length > 0 && (
        <p className="muted">
          Guarded by {preview.policies.map(({ name, revision }) => `${name} r${revision}`).join(", ")}.
        </p>
      )}
      {preview?.policies.length === 0 && <p className="muted">No policy guards {stage} of this model.</p>}
      {!preview && fetching && <div className="skeleton" />}
      <ReasonField value={reason} change={setReason} />
      {refusal && <Refusal error={refusal} />}
      <div className="row dialog-buttons">
        <button type="button" className="button" onClick={close}>
          Cancel
        </button>
        {isWaiting && (
          <button type="button" className="button primary" disabled={isBusy || asked !== undefined} onClick={ask}>
            {asked ? `Approval is requested (${asked.status})` : "Request approval"}
          </button>
        )}
        <button type="button" className="button primary" disabled={isBusy || !preview?.allowed} onClick={move}>
          Promote to {stage}
        </button>
      </div>
    </>
  );
}
