import { expect, test } from "vitest";
import { OTHER_RESOURCE, RESOURCE } from "../../support/openid-provider.js";
import { seriousFindings, takeScreenshot } from "../console-browser.js";
import { signInAtProvider, useOidcConsole } from "./oidc-console.js";

const oidc = useOidcConsole();
const { web } = oidc;

const countOf = (request: string) => oidc.provider.requests.filter((each) => each === request).length;

test("somebody signs in at the provider, and comes back to the place in the address", async () => {
  const { page, problems } = await web.open();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${web.origin}/?q=nobody&order=name`);
  await page.getByRole("button", { name: /^Sign in with/ }).waitFor();
  await takeScreenshot(page, "sign-in-oidc");
  expect(await seriousFindings(page)).toEqual([]);
  await signInAtProvider(page, "ada");
  await page.getByText("No model matches").waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  expect(page.url()).toBe(`${web.origin}/?q=nobody&order=name`);
  const hosts = new Set(asked.filter((url) => !url.startsWith("https://fonts.")).map((url) => new URL(url).origin));
  expect([...hosts].sort()).toEqual([web.origin, oidc.provider.issuer].sort());
  expect(await page.evaluate(() => [document.cookie, localStorage.length])).toEqual(["", 0]);
  expect(problems).toEqual([]);

  const revoked = countOf("POST /token/revocation");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: /^Sign in with/ }).waitFor();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  expect(page.url()).toBe(`${web.origin}/?q=nobody&order=name`);
  await expect.poll(() => countOf("POST /token/revocation")).toBe(revoked + 1);
  await page.context().close();
});

test("a session goes on when its token has expired: requests and the live connection take another one", async () => {
  oidc.provider.accessTokenSeconds = 5;
  const { page } = await web.open();
  await page.goto(web.origin);
  await signInAtProvider(page, "ada");
  await page.getByText("Live", { exact: true }).waitFor();
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
  const tokenOf = () => page.evaluate(() => sessionStorage.getItem("shelfmark.token"));
  const first = await tokenOf();
  const before = countOf("POST /token");
  // nothing is asked for: the server closes the live connection at the end of the token
  await expect.poll(() => countOf("POST /token")).toBe(before + 1);
  oidc.provider.accessTokenSeconds = 3_600;
  // the provider counts a request before it answers
  await expect.poll(tokenOf).not.toBe(first);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Approvals" }).click();
  await page.getByText("Your token cannot approve").waitFor();
  expect(await page.evaluate(() => "isSamePage" in globalThis)).toBe(true);
  await page.context().close();
});

test("the refresh token of a renewal that was under way at the sign-out is ended, too", async () => {
  oidc.provider.accessTokenSeconds = 5;
  const { page } = await web.open();
  await page.goto(web.origin);
  await signInAtProvider(page, "ada");
  await page.getByText("Live", { exact: true }).waitFor();
  const ended: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/token/revocation"))
      ended.push(new URLSearchParams(request.postData() ?? "").get("token") ?? "");
  });
  let renewed = "";
  await page.route(`${oidc.provider.issuer}/token`, async (route) => {
    const response = await route.fetch();
    renewed = (await response.json()).refresh_token;
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: /^Sign in with/ }).waitFor();
    await route.fulfill({ response });
  });
  await expect.poll(() => ended.length).toBe(2);
  oidc.provider.accessTokenSeconds = 3_600;
  expect(renewed).not.toBe("");
  expect(ended).toContain(renewed);
  expect(await page.evaluate(() => sessionStorage.getItem("shelfmark.token"))).toBeNull();
  await page.context().close();
});

test("a link with a token signs nobody in, and no address that begins with two slashes stops a sign-in", async () => {
  const { page } = await web.open();
  await page.goto(`${web.origin}/approvals#token=of-somebody-else`);
  await page.getByRole("button", { name: /^Sign in with/ }).waitFor();
  expect(page.url()).toBe(`${web.origin}/approvals`);
  expect(await page.evaluate(() => sessionStorage.getItem("shelfmark.token"))).toBeNull();
  await page.goto(`${web.origin}//evil.example/approvals`);
  await signInAtProvider(page, "ada");
  await page.getByText("Live", { exact: true }).waitFor();
  expect(page.url()).toBe(`${web.origin}/evil.example/approvals`);
  await page.goto(`${web.origin}/approvals#token=not-a-token`);
  await page.getByText("Your token cannot approve").waitFor();
  await page.context().close();
});

test.each([
  ["an opaque token", { SHELFMARK_OIDC_RESOURCE: "" }, ["is opaque", "SHELFMARK_OIDC_RESOURCE", "it is not set"]],
  [
    "a token for another audience",
    { SHELFMARK_OIDC_RESOURCE: OTHER_RESOURCE },
    [`is for ${OTHER_RESOURCE} and not for this server`, "SHELFMARK_OIDC_RESOURCE", "SHELFMARK_JWT_AUDIENCE"],
  ],
  [
    "a token without scopes",
    { SHELFMARK_OIDC_SCOPES: "openid offline_access" },
    ["as ada", "no scope of Shelfmark", "lacks the claims scope, scp, roles, permissions"],
  ],
])("%s is said in words, with what mends it", async (_what, settings, words) => {
  const origin = await oidc.serve(settings);
  const { page } = await web.open();
  await page.goto(`${origin}/approvals`);
  await signInAtProvider(page, "ada");
  const alert = page.getByRole("alert");
  await alert.waitFor();
  for (const word of words) expect(await alert.textContent()).toContain(word);
  expect(page.url()).toBe(`${origin}/approvals`);
  expect(await page.evaluate(() => sessionStorage.getItem("shelfmark.token"))).toBeNull();
  await page.context().close();
});

test("an answer of the provider that this tab did not ask for signs nobody in", async () => {
  const { page } = await web.open();
  const asked = countOf("POST /token");
  await page.goto(`${web.origin}/sign-in?code=stolen&state=guessed&iss=${encodeURIComponent(oidc.provider.issuer)}`);
  await page.getByRole("alert").getByText("was not begun in this tab").waitFor();
  expect(page.url()).toBe(`${web.origin}/`);

  await signInAtProvider(page, "ada");
  await page.getByText("No models yet").waitFor();
  await page.goto(`${web.origin}/sign-in?code=stolen&state=guessed`);
  await page.getByText("No models yet").waitFor();
  expect(countOf("POST /token")).toBe(asked + 1);

  // a state that belongs to another attempt
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.evaluate(() =>
    sessionStorage.setItem("shelfmark.sign-in", '{"state":"a","nonce":"b","verifier":"c","place":"/approvals"}'),
  );
  await page.goto(`${web.origin}/sign-in?code=stolen&state=guessed&iss=${encodeURIComponent(oidc.provider.issuer)}`);
  await page.getByRole("alert").getByText("does not belong to this sign-in").waitFor();
  expect(page.url()).toBe(`${web.origin}/approvals`);
  expect(countOf("POST /token")).toBe(asked + 1);
  await page.context().close();
});

test("a provider that does not answer is named, and signing in works once it is back", async () => {
  await oidc.provider.stop();
  const origin = await oidc.serve({ LOG_LEVEL: "silent" });
  const { page } = await web.open();
  await page.goto(origin);
  await page.getByRole("alert").getByText("does not answer").waitFor();
  await oidc.provider.start();
  const button = page.getByRole("button", { name: /^Sign in with/ });
  const tryAgain = page.getByRole("button", { name: "Try again" });
  await expect
    .poll(async () => {
      if (await tryAgain.isVisible()) await tryAgain.click();
      return button.count();
    })
    .toBe(1);
  // its policy was written while nobody knew the endpoints
  await signInAtProvider(page, "ada");
  await page.getByText("No models yet").waitFor();
  await page.context().close();
});

test("the policy of the page lets it ask the provider for tokens, and the settings hold no secret", async () => {
  const { issuer } = oidc.provider;
  const page = await fetch(web.origin, { headers: { accept: "text/html" } });
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy.split("; ").find((each) => each.startsWith("connect-src"))).toBe(
    `connect-src 'self' ${issuer}/token ${issuer}/token/revocation`,
  );
  const { oidc: settings } = await (await fetch(`${web.origin}/.well-known/shelfmark.json`)).json();
  expect(Object.keys(settings).sort()).toEqual([
    ...["cliClientId", "clientId", "issuer", "metadata", "resource", "scopes"],
  ]);
  expect(settings).toMatchObject({ issuer, clientId: "console", resource: RESOURCE });
});
