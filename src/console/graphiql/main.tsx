import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applyTheme } from "../app/theme";
import { takeTokenFromAddress } from "../session/token";
import { GraphiqlPage } from "./graphiql-page";
import "../kit/tokens.css";
import "../kit/base.css";
import "../kit/components.css";

takeTokenFromAddress();
applyTheme();
setNonce(document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "");

const element = document.getElementById("root");
if (element)
  createRoot(element).render(
    <StrictMode>
      <GraphiqlPage />
    </StrictMode>,
  );
