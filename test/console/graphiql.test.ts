import { expect, test } from "vitest";
import { takeScreenshot, useConsole } from "./console-browser.js";

const web = useConsole();
const SUBSCRIPTION = "subscription { registryEvents { cursor event { type } } }";

test("GraphiQL sends the token of the session, over HTTP and over WebSocket", async () => {
  const { page } = await web.signIn({ subject: "ada" }, "/graphiql");
  await page.locator(".graphiql-query-editor").waitFor();
  expect(page.url()).toBe(`${web.origin}/graphiql`);
  const run = () =>
    page
      .getByRole("button", { name: /execute/i })
      .first()
      .click();
  const result = () => page.locator(".result-window").textContent();
  await run();
  await expect.poll(result).toContain('"subject": "ada"');
  await takeScreenshot(page, "graphiql");

  await page.goto(`${web.origin}/graphiql?query=${encodeURIComponent(SUBSCRIPTION)}`);
  await run();
  await expect.poll(result).toContain('"cursor"');
  await web.send(
    `mutation { createModelVersion(input: { model: { name: "m" }, createModel: true, source: "s3://b/1" }) { modelVersion { id } } }`,
  );
  await expect.poll(result).toMatch(/"type": "MODEL/);
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("eyJ");
  await page.context().close();
});

test("GraphiQL asks for a token where nobody is signed in, and a typed header counts before the session", async () => {
  const { page } = await web.open();
  await page.goto(`${web.origin}/graphiql`);
  await page.getByLabel("Token").fill(await web.tokenOf({ subject: "ada" }));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Headers" }).click();
  await page.locator(".graphiql-editor-tool .graphiql-editor:not(.hidden)").click();
  await page.keyboard.insertText(JSON.stringify({ authorization: `Bearer ${await web.tokenOf({ subject: "rita" })}` }));
  await page
    .getByRole("button", { name: /execute/i })
    .first()
    .click();
  await expect.poll(() => page.locator(".result-window").textContent()).toContain('"subject": "rita"');
  await page.context().close();
});

test("its page has a policy of its own and is small", async () => {
  const html = { accept: "text/html" };
  const answer = await fetch(`${web.origin}/graphiql`, { headers: html });
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/script-src 'self'; style-src 'self' 'nonce-[^']+';/);
  expect(policy).not.toMatch(/unsafe|https?:|ws:|\*/);
  const body = await answer.text();
  expect(body).not.toContain("NONCE_OF_THIS_ANSWER");
  const files = [...body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file ?? "");
  const sizes = await Promise.all(
    files.map(async (file) => {
      const { headers } = await fetch(web.origin + file, { method: "HEAD", headers: { "accept-encoding": "gzip" } });
      return Number(headers.get("content-length"));
    }),
  );
  expect(sizes.reduce((sum, size) => sum + size, body.length)).toBeLessThan(400_000);
});
