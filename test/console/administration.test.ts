import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Receiver, startReceiver } from "../webhooks/receiver.js";
import { useConsole } from "./console-browser.js";
import { createVersion, makeGuardedModel } from "./small-registry.js";

const web = useConsole();
const MODEL = "card-fraud";
const ADA = { subject: "ada" };
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  await makeGuardedModel(web.send, MODEL);
});
afterAll(() => receiver.stop());

test("a webhook for Slack is made, tested, followed, sent again and deleted", async () => {
  const { page } = await web.signIn(ADA, "/");
  await page.getByRole("link", { name: "Administration" }).click();
  await page.getByText("No webhooks yet").waitFor();
  await page.getByRole("button", { name: "New webhook" }).click();
  const form = page.getByRole("dialog", { name: "New webhook" });
  await form.getByLabel("Sends to").selectOption("SLACK");
  await form.getByLabel("What it is for").fill("approvers");
  await form.getByLabel("Types of events").fill("nonsense");
  await form.getByLabel("URL").fill(receiver.url);
  await form.getByRole("button", { name: "Create" }).click();
  await form.getByText('No event has the type "nonsense".').waitFor();
  await form.getByLabel("Types of events").fill("model.*, model_version.created");
  await form.getByRole("button", { name: "Create" }).click();
  await page.getByText(/^whsec_/).waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("row", { name: /approvers/ });
  await row.getByText("SLACK").waitFor();
  await row.getByText("model.*, model_version.created").waitFor();
  await row.getByRole("link").click();

  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByText(/accepted the test with 204/).waitFor();
  expect(receiver.received[0]?.body.text).toBe("This is a test of a webhook of Shelfmark");

  await createVersion(web.send, "churn", 0.8);
  await page.getByRole("row", { name: /model.registered .* DELIVERED/ }).waitFor();
  receiver.answer = (response) => void response.writeHead(404).end("no_service");
  await web.send(`mutation { registerModel(input: { name: "late" }) { model { id } } }`);
  const failed = page.getByRole("row", { name: /FAILED/ });
  await failed.getByText("The receiver responded with 404: no_service.").waitFor();
  await page.getByText("disabled", { exact: true }).waitFor();
  await page.getByRole("button", { name: "FAILED" }).click();
  expect(new URL(page.url()).searchParams.get("status")).toBe("FAILED");
  receiver.answer = 204;
  await page.getByRole("button", { name: "Enable" }).click();
  await page.getByText("enabled", { exact: true }).waitFor();
  await failed.getByRole("button", { name: "Send again" }).click();
  await page.getByText("Nothing was sent yet.", { exact: false }).waitFor();
  expect((await receiver.until(5)).at(-1)?.body.text).toBe("The model late was registered");

  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Sends to").selectOption("TEAMS");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("TEAMS", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("No webhooks yet").waitFor();
  await page.context().close();
});

test("the audit trail is filtered by the address, grows live, and is exported with its formulas defused", async () => {
  const formula = "=HYPERLINK(1)";
  await web.send(`mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }`, {
    input: { model: { name: MODEL }, description: formula },
  });
  await web.send(`mutation ($name: String!) { registerModel(input: { name: $name }) { model { id } } }`, {
    name: formula,
  });
  const { page } = await web.signIn(ADA, `/admin/audit?model=${encodeURIComponent(formula)}`);
  await page.getByText("Entries (1)").waitFor();
  await page.getByText("model registered").waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const csv = await readFile(await (await download).path(), "utf8");
  const [head, line] = csv.split("\r\n");
  expect(head).toMatch(/^"revision","at","type","actor"/);
  expect(line).toContain(`,"'${formula}",`);
  expect(line).not.toContain(`,"${formula}",`);

  await page.getByLabel("Model").fill("");
  await page.getByLabel("Type of event").fill("model updated");
  await page.getByText("Entries (2)").waitFor();
  expect(new URL(page.url()).searchParams.get("type")).toBe("model updated");
  await page.getByText("details").first().click();
  await page.getByText('"requestId"').first().waitFor();
  await web.send(`mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }`, {
    input: { model: { name: MODEL }, description: "another one" },
  });
  await page.getByText("Entries (3)").waitFor();
  await page.getByLabel("Type of event").fill("nonsense");
  await page.getByRole("alert").waitFor();
  await page.context().close();
});

test("a policy shows which promotions of the past it would have blocked", async () => {
  const { page } = await web.signIn(ADA, "/admin/policies");
  const policy = page.getByRole("region", { name: `${MODEL}-gate` });
  await policy.getByText("PRODUCTION").first().waitFor();
  await policy.getByRole("button", { name: "What it would have blocked" }).click();
  await policy.getByText(/Of 1 promotion it would have blocked 1/).waitFor();
  await policy.getByRole("link", { name: `${MODEL} v1 → PRODUCTION` }).waitFor();
  expect(new URL(page.url()).searchParams.get("impact")).toBe(`${MODEL}-gate`);
  await page.context().close();
});

test("tokens that are revoked end the session of whoever uses them", async () => {
  const mallory = await web.signIn({ subject: "mallory" }, "/");
  await mallory.page.getByText("Live", { exact: true }).waitFor();
  const { viewer } = await web.send<{ viewer: { actor: { issuer: string } } }>("{ viewer { actor { issuer } } }");
  // a token that was issued in this second is not older than the revocation
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const { page } = await web.signIn(ADA, "/admin/tokens");
  await page.getByRole("button", { name: "Revoke tokens" }).click();
  await page.getByLabel("Which").selectOption("bearer");
  await page.getByLabel("Issuer (iss)").fill(viewer.actor.issuer);
  await page.getByLabel("Subject (sub)").fill("mallory");
  await page.getByLabel("Reason").fill("the laptop is lost");
  await page.getByRole("button", { name: "Revoke for good" }).click();
  await page.getByRole("row", { name: /all of mallory .* the laptop is lost/ }).waitFor();
  await mallory.page.getByRole("button", { name: "Sign in" }).waitFor();
  await mallory.page.context().close();
  await page.context().close();
});

test.each([
  ["/admin/webhooks", "webhooks:write"],
  ["/admin/audit", "audit:read"],
  ["/admin/tokens", "admin"],
])("who may not see %s reads that %s is missing", async (path, scope) => {
  const { page } = await web.signIn({ subject: "guest", scopes: ["models:read"] }, path);
  await page.getByRole("alert").getByText(scope, { exact: true }).first().waitFor();
  await page.context().close();
});

test("a token with a models claim reads no policy, and where it finds what guards a model", async () => {
  const { page } = await web.signIn({ subject: "eve", models: ["card*"] }, "/admin/policies");
  await page.getByText("what guards a model", { exact: false }).waitFor();
  await page.goto(`${web.origin}/models/${MODEL}`);
  await page.getByRole("region", { name: "Policies" }).getByText(`${MODEL}-gate`).waitFor();
  await page.context().close();
});
