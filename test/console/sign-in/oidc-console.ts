import type { Page } from "playwright-core";
import { afterAll } from "vitest";
import { type OpenIdProvider, RESOURCE, startOpenIdProvider } from "../../support/openid-provider.js";
import { freePort } from "../../support/process/free-port.js";
import { useConsole } from "../console-browser.js";

const MORE_SERVERS = 4;

/** A console whose people sign in at a provider on loopback. */
export function useOidcConsole() {
  let provider: OpenIdProvider;
  let ports: number[] = [];
  const settingsOf = (port: number | undefined) => ({
    PORT: String(port),
    SHELFMARK_JWT_ISSUER: provider.issuer,
    SHELFMARK_JWT_AUDIENCE: RESOURCE,
    SHELFMARK_OIDC_ISSUER: provider.issuer,
    SHELFMARK_OIDC_CLIENT_ID: "console",
    SHELFMARK_OIDC_SCOPES: "openid offline_access models:read runs:read",
    SHELFMARK_OIDC_RESOURCE: RESOURCE,
  });
  const web = useConsole(async () => {
    ports = await Promise.all(Array.from({ length: MORE_SERVERS + 1 }, freePort));
    provider = await startOpenIdProvider([
      {
        client_id: "console",
        token_endpoint_auth_method: "none",
        redirect_uris: ports.map((port) => `http://127.0.0.1:${port}/sign-in`),
        post_logout_redirect_uris: ports.map((port) => `http://127.0.0.1:${port}/`),
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
      },
    ]);
    return settingsOf(ports.pop());
  });
  afterAll(async () => {
    await provider?.stop();
  });
  return {
    web,
    get provider() {
      return provider;
    },
    /** Starts another server with other settings, and returns its origin. */
    serve: (settings: Record<string, string>) => web.serve({ ...settingsOf(ports.pop()), ...settings }),
  };
}

/** Signs in at the provider, and lets the console have what it asks for. */
export async function signInAtProvider(page: Page, subject: string): Promise<void> {
  await page.route("https://fonts.googleapis.com/**", (route) => route.abort());
  await page.getByRole("button", { name: /^Sign in with 127\.0\.0\.1/ }).click();
  await page.getByPlaceholder("Enter any login").fill(subject);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}
