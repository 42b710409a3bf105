import { type FormEvent, useState } from "react";
import { Command } from "../../kit/copyable";
import { signIn, signOutReason } from "../../session/token";
import "./sign-in-page.css";

export function SignInPage() {
  const [token, setToken] = useState("");
  const reason = signOutReason();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn(token);
  };
  return (
    <main className="sign-in">
      <h1>Shelfmark</h1>
      {reason !== null && (
        <div className="refusal" role="alert">
          <strong>Signed out</strong>
          <span>{reason}</span>
        </div>
      )}
      <p>
        The server prints a link when it starts on this machine: <code>Open http://…/#token=…</code>. Open it, or paste
        a token.
      </p>
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
      <p className="muted">A token for this machine, made in the folder of the server:</p>
      <Command text="npx shelfmark token --subject me --scope admin" />
      <p className="muted">The token stays in this tab and is forgotten when the tab is closed.</p>
    </main>
  );
}
