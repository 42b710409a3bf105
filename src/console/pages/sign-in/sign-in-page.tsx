import { useEffect, useState } from "react";
import { readSignInSettings, type SignInSettings } from "../../session/sign-in-settings";
import { useSignOutReason } from "../../session/token";
import { IssuerSignIn } from "./issuer-sign-in";
import { LocalHints, TokenForm } from "./token-form";
import "./sign-in-page.css";

export function SignInPage() {
  const reason = useSignOutReason();
  const [settings, setSettings] = useState<SignInSettings | null>();
  const [failure, setFailure] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads them again
  useEffect(() => {
    let isShown = true;
    readSignInSettings().then(
      (found) => isShown && setSettings(found),
      (error: Error) => isShown && setFailure(error.message),
    );
    return () => {
      isShown = false;
    };
  }, [attempt]);
  return (
    <main className="sign-in">
      <h1>Shelfmark</h1>
      {reason !== null && (
        <div className="refusal" role="alert">
          <strong>Signed out</strong>
          <span>{reason}</span>
        </div>
      )}
      {failure !== undefined && (
        <div className="refusal" role="alert">
          <strong>The server does not say how to sign in</strong>
          <span>{failure}</span>
        </div>
      )}
      {settings ? (
        <>
          <IssuerSignIn settings={settings} retry={() => setAttempt(attempt + 1)} />
          <details className="stack">
            <summary>Or paste a token</summary>
            <TokenForm />
          </details>
        </>
      ) : (
        (settings === null || failure !== undefined) && (
          <>
            <LocalHints />
            <TokenForm />
          </>
        )
      )}
      <p className="muted">The token stays in this tab and is forgotten when the tab is closed.</p>
    </main>
  );
}
