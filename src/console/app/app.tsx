import { RouterProvider } from "@tanstack/react-router";
import { useMemo } from "react";
import { Provider } from "urql";
import { createClient } from "../graphql/client";
import { LiveProvider } from "../live/live";
import { SignInPage } from "../pages/sign-in/sign-in-page";
import { useSession } from "../session/token";
import { router } from "./router";

export function App() {
  const session = useSession();
  return session === null ? <SignInPage /> : <SignedIn key={session} />;
}

/** What one session may see is kept apart from what another one may. */
function SignedIn() {
  const client = useMemo(() => createClient(), []);
  return (
    <Provider value={client}>
      <LiveProvider>
        <RouterProvider router={router} />
      </LiveProvider>
    </Provider>
  );
}
