import { beforeAll, describe, expect, test } from "vitest";
import { seriousFindings, takeScreenshot, useConsole } from "./console-browser.js";
import { makeGuardedModel } from "./small-registry.js";

const web = useConsole();
const MODEL = "card-fraud";
const ADA = { subject: "ada" };

let webhook: string;
let promotion: number;

beforeAll(async () => {
  await makeGuardedModel(web.send, MODEL);
  const made = await web.send<{
    createWebhook: { webhook: { id: string } };
    promotionReport: { nodes: { revision: number }[] };
  }>(`mutation {
    createWebhook(input: { url: "https://hooks.example.com/T0/B0/x", format: SLACK, description: "approvers", where: { types: ["promotion_request.*"] } }) {
      webhook { id }
    }
    revokeTokens(input: { tokens: { tokenId: "0198-lost" }, reason: "the laptop is lost" }) { __typename }
  }`);
  webhook = made.createWebhook.webhook.id;
  const { promotionReport } = await web.send<Pick<typeof made, "promotionReport">>(
    "{ promotionReport { nodes { revision } } }",
  );
  promotion = promotionReport.nodes[0]?.revision ?? 0;
  await web.send(`mutation ($input: RequestPromotionInput!) { requestPromotion(input: $input) { request { id } } }`, {
    input: { version: { number: { model: MODEL, number: 2 } }, target: { stage: "PRODUCTION" }, reason: "better" },
  });
});

const PAGES = [
  ["models", "/", "1 model", "ConsoleModels"],
  ["model", `/models/${MODEL}`, "Who held a stage, and when", "ConsoleModel"],
  ["version", `/models/${MODEL}/versions/2`, "amount", "ConsoleVersion"],
  ["approvals", "/approvals", "better", "ConsoleApprovals"],
  ["webhooks", "/admin/webhooks", "hooks.example.com", "ConsoleWebhooks"],
  ["audit", "/admin/audit?type=MODEL_VERSION_CREATED", "Entries (2)", "ConsoleAudit"],
  ["policies", "/admin/policies", "card-fraud-gate", "ConsolePolicies"],
  ["tokens", "/admin/tokens", "the laptop is lost", "ConsoleRevocations"],
] as const;

test.each(PAGES)("the page %s asks once for its first content", async (_name, path, text, operation) => {
  const { page, operations } = await web.signIn(ADA, path);
  await page.getByText(text).first().waitFor();
  await page.waitForLoadState("networkidle");
  expect(operations).toEqual([operation]);
  await page.context().close();
});

test("the pages of one webhook and of a promotion ask once for their first content", async () => {
  for (const [path, text, operation] of [
    [`/admin/webhooks/${webhook}`, "approvers", "ConsoleWebhook"],
    [`/promotions/${promotion}`, "the first one", "ConsoleReport"],
  ] as const) {
    const { page, operations } = await web.signIn(ADA, path);
    await page.getByText(text).first().waitFor();
    // the page of a webhook looks again while a delivery waits
    expect(new Set(operations)).toEqual(new Set([operation]));
    await page.context().close();
  }
});

const LOOKS = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 1280 },
  { colorScheme: "light", width: 390 },
  { colorScheme: "dark", width: 390 },
] as const;
const SHOWN = [
  ...PAGES,
  ["impact", `/admin/policies?impact=${MODEL}-gate`, "it would have blocked"],
  ["webhook-form", "/admin/webhooks?create=true", "Sends to"],
  ["no-promotion", "/promotions/1", "No promotion has the revision 1"],
  ["promote", `/models/${MODEL}/versions/2?promote=PRODUCTION`, "Reason"],
  ["no-model", "/models/nobody", "There is no model nobody"],
  ["nothing-found", "/?q=nobody", "No model matches"],
] as const;

describe.each(LOOKS)("$colorScheme at $width px", ({ colorScheme, width }) => {
  test("is accessible, fits the screen, and is kept as a picture", async () => {
    const { page } = await web.signIn(ADA, "/", { colorScheme, viewport: { width, height: 860 } });
    const shown = [
      ...SHOWN,
      ["webhook", `/admin/webhooks/${webhook}`, "approvers"],
      ["report", `/promotions/${promotion}`, "the first one"],
    ] as const;
    for (const [name, path, text] of shown) {
      await page.goto(web.origin + path);
      await page.getByText(text).first().waitFor();
      await page.waitForLoadState("networkidle");
      await takeScreenshot(page, `${name}-${width}-${colorScheme}`);
      expect(await seriousFindings(page), name).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), name).toBe(true);
    }
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    await takeScreenshot(page, `sign-in-${width}-${colorScheme}`);
    expect(await seriousFindings(page)).toEqual([]);
    await page.context().close();
  });
});

test("keys lead to the pages, and show what they do", async () => {
  const { page } = await web.signIn(ADA);
  await page.getByText("1 model").waitFor();
  await page.keyboard.type("ga");
  await page.getByRole("heading", { name: "Approvals" }).waitFor();
  await page.keyboard.type("gm");
  await page.getByText("1 model").waitFor();
  await page.keyboard.type("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.context().close();
});

test("the list shows a description without the marks of Markdown", async () => {
  const { page } = await web.signIn(ADA);
  await page.getByText("Scores payments.", { exact: true }).waitFor();
  await page.context().close();
});

test("an empty registry names the next command", async () => {
  const { page } = await web.signIn({ subject: "eve", models: [] });
  await page.getByText("No models yet").waitFor();
  await page.getByText("npm run demo").waitFor();
  await page.context().close();
});
