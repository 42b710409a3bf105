import { beforeAll, expect, test } from "vitest";
import { useConsole } from "./console-browser.js";
import { createVersion } from "./small-registry.js";
import { logRun } from "./tracked-registry.js";

const web = useConsole();
let tracked: { run: string; dataset: string };
let deployment = "";

const HIT = "window.hit=1";
/** Without "/" and ":", which no name has. */
const NAME = `<img src=x onerror=${HIT}>`;
const MARKDOWN = `# Head

<script>${HIT}</script><img src=x onerror="${HIT}"><svg onload="${HIT}"></svg><style>body { display: none }</style>
<iframe srcdoc="<script>parent.${HIT}</script>"></iframe><form action="https://evil.example/"><button>go</button></form>
<a id="root" name="body" href="https://evil.example/" onclick="${HIT}" style="position: fixed">a link</a>
<math><mtext><table><mglyph><style><img src=x onerror="${HIT}"></style></mglyph></table></mtext></math>

[click](javascript:${HIT}) [data](data:text/html,<script>${HIT}</script>) [here](//evil.example/x) ![image](https://evil.example/i.png)
`;

beforeAll(async () => {
  await createVersion(web.send, NAME, 0.9, {
    ...{ description: MARKDOWN, aliases: ["champion"] },
    tags: [{ key: NAME, value: NAME }],
    signature: { inputs: JSON.stringify([{ name: NAME, type: NAME }]), outputs: "[]" },
    flavors: { [NAME]: NAME },
  });
  const model = { name: NAME };
  await web.send(`mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }`, {
    input: { model, description: MARKDOWN },
  });
  const version = { number: { model: NAME, number: 1 } };
  await web.send(`mutation ($input: ReportCheckInput!) { reportCheck(input: $input) { check { id } } }`, {
    input: { version, name: "scan", status: "PASSED", summary: MARKDOWN, url: "https://ci.example.com/?<script>" },
  });
  await web.send(
    `mutation ($input: TransitionModelVersionInput!) { transitionModelVersion(input: $input) { modelVersion { id } } }`,
    {
      input: { version, to: "STAGING", reason: NAME },
    },
  );
  await web.send(`mutation ($input: ApplyPolicyInput!) { applyPolicy(input: $input) { revision } }`, {
    input: { name: NAME, target: { stages: ["PRODUCTION"] }, rules: [{ approvals: {} }] },
  });
  const names = { name: NAME, dataset: NAME, key: NAME };
  tracked = await logRun(web.send, { runId: "hostile", depth: 1, losses: [1, "NaN"], ...names });
  const report = `mutation ($input: ReportDeploymentInput!) { reportDeployment(input: $input) { deployment { id } } }`;
  const answer = await web.send<{ reportDeployment: { deployment: { id: string } } }>(report, {
    input: {
      ...{ environment: NAME, endpoint: NAME, model, message: MARKDOWN, state: "FAILED", running: [{ version }] },
    },
  });
  deployment = answer.reportDeployment.deployment.id;
  await web.send(`mutation ($input: RequestPromotionInput!) { requestPromotion(input: $input) { request { id } } }`, {
    input: { version, target: { stage: "PRODUCTION" }, reason: NAME },
  });
  await web.send(
    `mutation ($webhook: CreateWebhookInput!, $tokens: RevokeTokensInput!) {
    createWebhook(input: $webhook) { __typename }
    revokeTokens(input: $tokens) { __typename }
  }`,
    {
      webhook: {
        url: `https://hooks.example.com/${encodeURIComponent(NAME)}`,
        description: MARKDOWN,
        where: { models: [NAME] },
      },
      tokens: {
        tokens: { bearer: { issuer: NAME, subject: NAME, issuedBefore: "2020-01-01T00:00:00Z" } },
        reason: NAME,
      },
    },
  );
  const { promotionReport } = await web.send<{ promotionReport: { nodes: { revision: number }[] } }>(
    "{ promotionReport { nodes { revision } } }",
  );
  revision = promotionReport.nodes[0]?.revision;
});

let revision: number | undefined;

test.each([
  ["the list of models", "/", "champion"],
  ["the page of a model", `/models/${encodeURIComponent(NAME)}`, "a link"],
  ["the page of a version", `/models/${encodeURIComponent(NAME)}/versions/1`, "a link"],
  ["the dialog of a promotion", `/models/${encodeURIComponent(NAME)}/versions/1?promote=PRODUCTION`, "Reason"],
  ["the approvals", "/approvals", "My inbox (1)"],
  ["the experiments", "/experiments", "2 experiments"],
  ["the runs, plotted", () => `/runs?runs=${encodeURIComponent(JSON.stringify([tracked.run]))}`, "1 NaN"],
  ["a run", "/runs/hostile", "Latest value"],
  ["a comparison", () => `/compare?runs=${encodeURIComponent(JSON.stringify([tracked.run]))}`, "1 NaN"],
  ["a deployment", () => `/deployments?open=${deployment}`, "Follows"],
  ["the datasets", "/lineage", "1 dataset"],
  ["a lineage", () => `/lineage?of=${tracked.dataset}`, "Reached"],
  [
    "filters in the address",
    `/runs?q=${encodeURIComponent(NAME)}&sort=metric:${encodeURIComponent(NAME)}`,
    "No run matches",
  ],
  ["the webhooks", "/admin/webhooks", "hooks.example.com"],
  ["the form of a webhook", "/admin/webhooks?create=true", "Sends to"],
  ["the audit trail", "/admin/audit", "Entries ("],
  ["the policies", `/admin/policies?impact=${encodeURIComponent(NAME)}`, "would have blocked"],
  ["the revoked tokens", "/admin/tokens", "Revoked tokens (1)"],
  ["the report of a promotion", () => `/promotions/${revision}`, "Proof"],
  ["a search in the address", `/?q=${encodeURIComponent(NAME)}&tag=${encodeURIComponent(NAME)}`, "No model matches"],
] as const)("%s shows hostile texts as texts", async (_where, path, text) => {
  const { page, problems } = await web.signIn({ subject: "ada" }, typeof path === "string" ? path : path());
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(web.origin)) elsewhere.push(request.url());
  });
  await page.getByText(text).first().waitFor();
  await page.waitForLoadState("networkidle");
  expect(await page.evaluate(() => (window as unknown as { hit?: number }).hit)).toBeUndefined();
  const foreign =
    "img, iframe, form[action], #content style, #content script, #content [onclick], #content [onerror], math";
  expect(await page.locator(foreign).count()).toBe(0);
  const links = await page.locator("a[href]").evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).protocol));
  expect(new Set(links)).toEqual(new Set(links.filter((protocol) => /^https?:$/.test(protocol))));
  expect(await page.locator('a[href^="//"]').count()).toBe(0);
  expect([elsewhere, problems]).toEqual([[], []]);
  await page.context().close();
});
