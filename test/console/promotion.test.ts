import { beforeAll, expect, test } from "vitest";
import { useConsole } from "./console-browser.js";
import { createVersion, makeGuardedModel } from "./small-registry.js";

const web = useConsole();
const MODEL = "card-fraud";

beforeAll(async () => {
  await makeGuardedModel(web.send, MODEL);
  await createVersion(web.send, "churn", 0.8);
});

test("somebody finds a model, asks for its promotion, and sees the approval of another session arrive", async () => {
  const requester = await web.signIn({ subject: "ada" });
  const { page } = requester;
  await page.getByRole("link", { name: "churn" }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("FRAUD");
  await expect.poll(() => page.getByRole("link", { name: "churn" }).count()).toBe(0);
  expect(new URL(page.url()).searchParams.get("q")).toBe("FRAUD");
  await page.getByRole("link", { name: MODEL, exact: true }).click();
  await page.getByRole("table").getByRole("link", { name: "v2" }).click();
  await page.getByText("compared with v1 in PRODUCTION").waitFor();
  expect(await page.getByRole("row", { name: /auc/ }).textContent()).toMatch(/^auc ?0\.950\.9\+0\.05$/);

  await page.getByRole("button", { name: "Promote" }).click();
  const dialog = page.getByRole("dialog");
  await dialog
    .getByText("It waits for 1 approval more.")
    .or(dialog.getByText(/requestPromotion/))
    .waitFor();
  expect(new URL(page.url()).searchParams.get("promote")).toBe("PRODUCTION");
  expect(await dialog.getByLabel("Reason").evaluate((field) => field === document.activeElement)).toBe(true);
  expect(await dialog.getByRole("button", { name: "Promote to PRODUCTION" }).isDisabled()).toBe(true);
  await dialog.getByLabel("Reason").fill("better on the test set");
  await dialog.getByRole("button", { name: "Request approval" }).click();
  await dialog.waitFor({ state: "detached" });

  const approver = await web.signIn(
    { subject: "rita", scopes: ["models:read", "runs:read", "stages:approve"] },
    "/approvals",
  );
  const request = approver.page.getByRole("article", { name: `${MODEL} v2 → PRODUCTION` });
  await request.getByText("better on the test set").waitFor();
  expect(await request.getByRole("row", { name: /auc/ }).textContent()).toMatch(/^auc ?0\.90\.95\+0\.05$/);
  await request.getByPlaceholder("Comment").fill("looks right");
  await request.getByRole("button", { name: "Approve" }).click();
  await approver.page.getByRole("row", { name: /card-fraud v2 PRODUCTION EXECUTED/ }).waitFor();

  // nothing was reloaded in the first session
  await page.getByText(`moved from NONE to PRODUCTION, by rita`).waitFor();
  await page.getByRole("button", { name: "Roll back" }).waitFor();
  await approver.page.context().close();
});

test("the holder of a stage is rolled back, and the page of its model follows", async () => {
  const { page } = await web.signIn({ subject: "ada" }, `/models/${MODEL}/versions/2`);
  const watcher = await web.signIn({ subject: "bob" }, `/models/${MODEL}`);
  const stages = watcher.page.getByRole("list").filter({ hasText: "PRODUCTION" }).first();
  await stages.getByRole("link", { name: "v2" }).waitFor();
  await page.getByRole("button", { name: "Roll back" }).click();
  await page.getByLabel("Reason").fill("it is too slow");
  await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await stages.getByRole("listitem").filter({ hasText: "PRODUCTION" }).getByRole("link", { name: "v1" }).waitFor();
  await watcher.page.context().close();
  await page.context().close();
});

test("who may not promote reads what is missing", async () => {
  const { page } = await web.signIn(
    { subject: "guest", scopes: ["models:read"] },
    "/models/churn/versions/1?promote=PRODUCTION",
  );
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/stages:production/).waitFor();
  expect(await dialog.getByRole("button", { name: "Promote to PRODUCTION" }).isDisabled()).toBe(true);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  const alert = page.getByRole("alert");
  await alert.getByText("runs:read").first().waitFor();
  expect(await alert.textContent()).toContain("artifacts:read");
  await page.context().close();
});

test("what a token does not show is not there", async () => {
  const { page } = await web.signIn({ subject: "eve", models: ["churn*"] });
  await page.getByRole("link", { name: "churn" }).waitFor();
  expect(await page.getByRole("link", { name: MODEL }).count()).toBe(0);
  await page.goto(`${web.origin}/models/${MODEL}`);
  await page.getByText(`There is no model ${MODEL}`).waitFor();
  await page.goto(`${web.origin}/models/${MODEL}/versions/1`);
  await page.getByText(`There is no version 1 of ${MODEL}`).waitFor();
  await page.context().close();
});
