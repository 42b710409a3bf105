import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app";
import { applyTheme } from "./app/theme";
import { GRAPHQL_URL } from "./graphql/client";
import { completeSignIn, isSignInAnswer } from "./pages/sign-in/complete-sign-in";
import { mendAddress } from "./session/place";
import { takeTokenFromAddress } from "./session/token";
import "./kit/tokens.css";
import "./kit/base.css";
import "./kit/components.css";

mendAddress();
takeTokenFromAddress();
window.addEventListener("hashchange", takeTokenFromAddress);
applyTheme();
// the policy of the page lets a component inject a style only with the nonce of the answer
setNonce(document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "");

const element = document.getElementById("root");
if (element) {
  const root = createRoot(element);
  if (isSignInAnswer()) {
    root.render(<p className="sign-in">Signing in…</p>);
    await completeSignIn(GRAPHQL_URL);
  }
  root.render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
