import { extractText, getDocumentProxy } from "unpdf";
import { beforeAll, expect, test } from "vitest";
import { takeScreenshot, useConsole } from "./console-browser.js";
import { makeGuardedModel } from "./small-registry.js";

const web = useConsole();
const MODEL = "card-fraud";
const DIGEST = "ab".repeat(32);

beforeAll(async () => {
  await makeGuardedModel(web.send, MODEL);
  await web.send(
    `mutation ($input: CreateModelVersionInput!) { createModelVersion(input: $input) { modelVersion { number } } }`,
    { input: { model: { name: MODEL }, source: "s3://models/3", digest: `sha256:${DIGEST}` } },
  );
});

/** As ada asks, and rita approves. */
async function promote(): Promise<void> {
  const requester = await web.tokenOf({ subject: "ada" });
  const approver = await web.tokenOf({ subject: "rita", scopes: ["models:read", "runs:read", "stages:approve"] });
  const { requestPromotion } = await web.sendAs<{ requestPromotion: { request: { id: string } } }>(
    requester,
    `mutation ($input: RequestPromotionInput!) { requestPromotion(input: $input) { request { id } } }`,
    {
      input: {
        ...{ version: { number: { model: MODEL, number: 3 } }, target: { stage: "PRODUCTION" }, archiveExisting: true },
        ...{ reason: "better on the November holdout", autoExecute: true },
      },
    },
  );
  await web.sendAs(
    approver,
    `mutation ($input: ApprovePromotionInput!) { approvePromotion(input: $input) { request { id } } }`,
    { input: { request: requestPromotion.request.id, comment: "checked the curves" } },
  );
}

test("an auditor reaches the report of a promotion from its history, and prints it", async () => {
  await promote();
  const { audit } = await web.send<{
    audit: { nodes: { revision: number; versionNumber: number; eventId: string; hash: string }[] };
  }>(
    `{ audit(last: 5, where: { types: [MODEL_VERSION_STAGE_CHANGED] }) { nodes { revision versionNumber eventId hash } } }`,
  );
  const event = audit.nodes.find(({ versionNumber }) => versionNumber === 3);
  if (!event) throw new Error("Nothing was promoted.");

  const { page } = await web.signIn({ subject: "auditor" }, `/models/${MODEL}/versions/3`);
  await page.getByRole("link", { name: "Report" }).first().click();
  await page.getByRole("heading", { name: `${MODEL} v3 to PRODUCTION` }).waitFor();
  expect(new URL(page.url()).pathname).toBe(`/promotions/${event.revision}`);
  await page.getByRole("button", { name: "Print or save as PDF" }).waitFor();

  const pdf = await page.pdf({ format: "A4", printBackground: true });
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true });
  const plain = text.replaceAll(/\s+/g, " ");
  for (const part of [
    `${MODEL} v3 to PRODUCTION`,
    "rita",
    "ada",
    "better on the November holdout",
    `${MODEL}-gate revision 1, ENFORCE`,
    "PASSED",
    "APPROVE by rita",
    "checked the curves",
    "version 1",
    DIGEST,
    event.eventId,
    event.hash,
    `revision ${event.revision} of`,
  ])
    expect(plain.replaceAll(" ", "")).toContain(part.replaceAll(" ", ""));
  expect(plain).not.toContain("Sign out");
  expect(plain).not.toContain("Print or save as PDF");
  await page.emulateMedia({ media: "print" });
  await takeScreenshot(page, "report-printed");
  await page.context().close();
});

test("the model's activity leads to the report, and what is no promotion has none", async () => {
  const { page } = await web.signIn({ subject: "auditor" }, `/models/${MODEL}`);
  const activity = page.getByRole("region", { name: "Activity" });
  await activity.getByText("stage changed: NONE → PRODUCTION, better on the November holdout").waitFor();
  await activity.getByText("version created").first().waitFor();
  await page.getByRole("region", { name: "Policies" }).getByText(`${MODEL}-gate`).waitFor();
  await activity.getByRole("link", { name: "Report" }).first().click();
  await page.getByRole("heading", { name: `${MODEL} v3 to PRODUCTION` }).waitFor();
  await page.goto(`${web.origin}/promotions/1`);
  await page.getByText("No promotion has the revision 1").waitFor();
  await page.context().close();
});

test("a report requires audit:read, and says so", async () => {
  const { page } = await web.signIn({ subject: "guest", scopes: ["models:read"] }, "/promotions/1");
  await page.getByRole("alert").getByText("audit:read").first().waitFor();
  await page.context().close();
});
