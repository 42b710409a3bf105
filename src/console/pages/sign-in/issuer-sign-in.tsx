import { useState } from "react";
import { hostOf, type SignInSettings } from "../../session/sign-in-settings";

/** Signs in at the issuer, and comes back to the same address. */
export function IssuerSignIn({ settings, retry }: { settings: SignInSettings; retry: () => void }) {
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const host = hostOf(settings);
  const begin = async () => {
    setBusy(true);
    try {
      const { beginSignIn } = await import("../../session/oidc");
      await beginSignIn();
    } catch (error) {
      setFailure((error as Error).message);
      setBusy(false);
    }
  };
  if (settings.metadata === null)
    return (
      <>
        <div className="refusal" role="alert">
          <strong>{host} does not answer</strong>
          <span>Nobody can sign in there now.</span>
        </div>
        <button type="button" className="button primary" onClick={retry}>
          Try again
        </button>
      </>
    );
  return (
    <>
      {failure !== undefined && (
        <div className="refusal" role="alert">
          {failure}
        </div>
      )}
      <button type="button" className="button primary" disabled={isBusy} onClick={() => void begin()}>
        Sign in with {host}
      </button>
      <EndIssuerSession settings={settings} />
    </>
  );
}

/** Signing out here leaves the session at the issuer, which other applications use too. */
function EndIssuerSession({ settings }: { settings: SignInSettings }) {
  const endpoint = settings.metadata?.end_session_endpoint;
  if (endpoint === undefined) return null;
  const address = new URL(endpoint);
  address.searchParams.set("client_id", settings.clientId);
  address.searchParams.set("post_logout_redirect_uri", `${window.location.origin}/`);
  return (
    <p className="muted inline-links">
      <a href={address.href}>Sign out of {hostOf(settings)}</a> to sign in as somebody else.
    </p>
  );
}
