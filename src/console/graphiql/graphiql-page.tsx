import { GraphiQL } from "graphiql";
import { useMemo } from "react";
import { SignInPage } from "../pages/sign-in/sign-in-page";
import { useSession } from "../session/token";
import { createFetcher } from "./fetcher";
import "graphiql/style.css";
import "./graphiql-page.css";

const DEFAULT_QUERY = "{\n  viewer {\n    actor { subject }\n    scopes\n  }\n}\n";
/** GraphiQL with the token of the session. */
export function GraphiqlPage() {
  const session = useSession();
  return session === null ? <SignInPage /> : <SignedIn key={session} />;
}

function SignedIn() {
  const fetcher = useMemo(createFetcher, []);
  const search = new URLSearchParams(window.location.search);
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={DEFAULT_QUERY}
      {...(search.get("query") !== null && { query: search.get("query") ?? "" })}
      {...(search.get("variables") !== null && { variables: search.get("variables") ?? "" })}
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    />
  );
}
