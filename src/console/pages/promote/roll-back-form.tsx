import { useState } from "react";
import { useMutation } from "urql";
import { Refusal } from "../../kit/refusal";
import type { VersionData } from "../version/version-query";
import { ROLL_BACK } from "./promote-query";
import { ReasonField } from "./reason-field";

interface Props {
  readonly version: VersionData;
  readonly stage: "PRODUCTION" | "STAGING";
  readonly close: () => void;
}

export function RollBackForm({ version: { model, number }, stage, close }: Props) {
  const [reason, setReason] = useState("");
  const [{ error, fetching }, rollBack] = useMutation(ROLL_BACK);
  const move = async () => {
    const input = {
      ...{ model: { id: model.id }, target: { stage }, expectedHolder: number },
      reason: reason.trim() || null,
    };
    const answer = await rollBack({ input });
    if (!answer.error) close();
  };
  return (
    <>
      <p>
        The version that held {stage} before v{number} takes its place again, and v{number} moves to ARCHIVED.
      </p>
      <ReasonField value={reason} change={setReason} />
      {error && <Refusal error={error} />}
      <div className="row dialog-buttons">
        <button type="button" className="button" onClick={close}>
          Cancel
        </button>
        <button type="button" className="button primary" disabled={fetching} onClick={() => void move()}>
          Roll back
        </button>
      </div>
    </>
  );
}
