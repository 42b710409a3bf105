import { useState } from "react";
import { useMutation } from "urql";
import { Dialog } from "../../kit/dialog";
import { Refusal } from "../../kit/refusal";
import { REVOKE, type RevokeInput } from "./tokens-query";

export function RevokeForm({ close }: { close: () => void }) {
  const [kind, setKind] = useState<"token" | "bearer">("token");
  const [tokenId, setTokenId] = useState("");
  const [issuer, setIssuer] = useState("");
  const [subject, setSubject] = useState("");
  const [reason, setReason] = useState("");
  const [{ error, fetching }, revoke] = useMutation(REVOKE);
  const send = async () => {
    const tokens: RevokeInput["tokens"] =
      kind === "token"
        ? { tokenId: tokenId.trim() }
        : { bearer: { issuer: issuer.trim(), subject: subject.trim(), issuedBefore: new Date().toISOString() } };
    const answer = await revoke({ input: { tokens, reason: reason.trim() || null } });
    if (!answer.error) close();
  };
  return (
    <Dialog title="Revoke tokens" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label>
          <span>Which</span>
          <select value={kind} onChange={({ target }) => setKind(target.value === "bearer" ? "bearer" : "token")}>
            <option value="token">one token, by its jti</option>
            <option value="bearer">all tokens that somebody has now</option>
          </select>
        </label>
        {kind === "token" ? (
          <Line label="Token id (jti)" value={tokenId} change={setTokenId} />
        ) : (
          <>
            <Line label="Issuer (iss)" value={issuer} change={setIssuer} />
            <Line label="Subject (sub)" value={subject} change={setSubject} />
          </>
        )}
        <label>
          <span>Reason</span>
          <input value={reason} onChange={({ target }) => setReason(target.value)} />
        </label>
        <p className="muted">It holds at once and cannot be taken back. The issuer may give new tokens.</p>
        {error && <Refusal error={error} />}
        <div className="row dialog-buttons">
          <button type="button" className="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={fetching}>
            Revoke for good
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Line({ label, value, change }: { label: string; value: string; change: (text: string) => void }) {
  return (
    <label>
      <span>{label}</span>
      <input required autoComplete="off" value={value} onChange={({ target }) => change(target.value)} />
    </label>
  );
}
