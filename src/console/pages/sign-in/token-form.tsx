import { type FormEvent, useState } from "react";
import { Command } from "../../kit/copyable";
import { signIn } from "../../session/token";

export function TokenForm() {
  const [token, setToken] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn({ token, renewal: null });
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor="token">Token</label>
      <textarea
        id="token"
        rows={4}
        className="mono"
        autoComplete="off"
        spellCheck={false}
        required
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      <button type="submit" className="button primary" disabled={token.trim() === ""}>
        Sign in
      </button>
    </form>
  );
}

/** Where a token of a server on this machine comes from. */
export function LocalHints() {
  return (
    <>
      <p>
        The server prints a link when it starts on this machine: <code>Open http://…/#token=…</code>. Open it, or paste
        a token.
      </p>
      <p className="muted">A token for this machine, made in the folder of the server:</p>
      <Command text="npx shelfmark token --subject me --scope admin" />
    </>
  );
}
