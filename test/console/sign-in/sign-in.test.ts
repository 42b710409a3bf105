import { expect, test } from "vitest";
import { useConsole } from "../console-browser.js";

const web = useConsole();

test("the link that the server prints signs in, and its token is in no address and no request for a page", async () => {
  const { page } = await web.open();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const token = await web.tokenOf({ subject: "ada" });
  await page.goto(`${web.origin}/?order=name#token=${token}`);
  await page.getByRole("heading", { name: "Models", exact: true }).waitFor();
  expect(page.url()).toBe(`${web.origin}/?order=name`);
  expect(asked.filter((url) => url.includes(token.slice(-20)))).toEqual([]);
  expect(asked.filter((url) => new URL(url).origin !== web.origin)).toEqual([]);
  expect(await page.evaluate(() => [document.cookie, localStorage.length])).toEqual(["", 0]);
  await page.reload();
  await page.getByRole("heading", { name: "Models", exact: true }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  await page.context().close();
});

test("an address that begins with two slashes stays on this server, and signs in", async () => {
  const { page } = await web.signIn({ subject: "ada" }, "//evil.example/approvals");
  await page.getByText("Live", { exact: true }).waitFor();
  expect(page.url()).toBe(`${web.origin}/evil.example/approvals`);
  await page.context().close();
});

test("a pasted token signs in, also another one in the same tab", async () => {
  const { page } = await web.open();
  await page.goto(web.origin);
  await page.getByLabel("Token").fill(`  ${await web.tokenOf({ subject: "ada" })}\n`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Models", exact: true }).waitFor();
  await page.goto(`${web.origin}/#token=${await web.tokenOf({ subject: "rita" })}`);
  await page.getByText("Live", { exact: true }).waitFor();
  expect(page.url()).toBe(`${web.origin}/`);
  await page.context().close();
});

test("a token that does not count says why, and leads back to the sign-in page", async () => {
  const { page } = await web.open();
  await page.goto(`${web.origin}/#token=not-a-token`);
  await page.getByRole("alert").getByText("Signed out").waitFor();
  expect(await page.getByRole("alert").textContent()).toMatch(/token/i);
  expect(await page.evaluate(() => sessionStorage.getItem("shelfmark.token"))).toBeNull();
  await page.context().close();
});

test("a session ends when its token does", async () => {
  const { page } = await web.signIn({ subject: "ada", ttlSeconds: 5 });
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  expect(await page.getByRole("alert").textContent()).toMatch(/expired/i);
  await page.context().close();
});
