import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { Scope } from "../../src/domain/access/scopes.js";
import { applyPolicy } from "../../src/registry/governance/apply-policy.js";
import { renameModel } from "../../src/registry/models/rename-model.js";
import { createModelVersion } from "../../src/registry/versions/create-model-version.js";
import { transitionModelVersion } from "../../src/registry/versions/transition-model-version.js";
import { redeliver } from "../../src/registry/webhooks/redeliver.js";
import { testWebhook } from "../../src/registry/webhooks/test-webhook.js";
import { updateWebhook } from "../../src/registry/webhooks/update-webhook.js";
import { eventually } from "../support/eventually.js";
import { type Received, type Receiver, verify } from "./receiver.js";
import { type Site, useSite } from "./site.js";

const HOSTILE = "<!channel> <https*evil|click> [click](evil) @here {{{DATE(2026-11-30T00:00:00Z)}} & *b*";

let site: Site;
let receiver: Receiver;
useSite((parts) => {
  ({ site, receiver } = parts);
});

const settled = (status: "DELIVERED" | "FAILED") =>
  eventually(async () => {
    const [row] = await site.deliveries();
    expect(row).toMatchObject({ status });
    return row;
  });

const mover = () =>
  site.as({
    actor: { issuer: "https://issuer.test", subject: "ada", name: "Ada <!here>", kind: "USER" },
    scopes: new Set<Scope>(["models:read", "models:write", "stages:staging", "policies:write"]),
  });

/** Moves version 1 of the model to STAGING past a policy. */
async function promote(name: string, reason: string): Promise<void> {
  await createModelVersion(mover(), { model: { name }, createModel: true, source: "s3://models/1" });
  await applyPolicy(mover(), {
    name: "care",
    mode: "ENFORCE",
    selector: { models: ["*"] },
    target: { stages: ["STAGING"] },
    rules: [{ reason: { minimumLength: 5 } }],
  });
  await transitionModelVersion(mover(), { version: { number: { model: name, number: 1 } }, to: "STAGING", reason });
}

/** The body, without the time of the event. */
const withoutTime = ({ text }: Received) => JSON.parse(text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z(?=")/g, "(when)"));

const MOVES = { types: ["model_version.stage_changed"] };

test("Slack gets who, what, reason, rules and a link, and no text of a user is more than text", async () => {
  await site.startDispatcher();
  const { secret } = await site.create({ url: receiver.url, format: "SLACK", where: MOVES });
  await promote("fraud <!channel>", HOSTILE);
  const [first] = await receiver.until(1);
  if (!first) throw new Error("Nothing came.");
  expect(first.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(verify(first, secret, site.clock)).toBe(true);
  expect(first.text).not.toMatch(/<!|<https:\/\/evil|"<https\*/);
  expect(withoutTime(first)).toMatchInlineSnapshot(`
    {
      "blocks": [
        {
          "text": {
            "emoji": false,
            "text": "fraud &lt;!channel&gt; v1 moved from NONE to STAGING",
            "type": "plain_text",
          },
          "type": "header",
        },
        {
          "fields": [
            {
              "emoji": false,
              "text": "By
    Ada &lt;!here&gt; (ada)",
              "type": "plain_text",
            },
            {
              "emoji": false,
              "text": "Reason
    &lt;!channel&gt; &lt;https*evil|click&gt; [click](evil) @here {{{DATE(2026-11-30T00:00:00Z)}} &amp; *b*",
              "type": "plain_text",
            },
            {
              "emoji": false,
              "text": "When
    (when)",
              "type": "plain_text",
            },
          ],
          "type": "section",
        },
        {
          "type": "divider",
        },
        {
          "text": {
            "emoji": false,
            "text": "PASSED: care: The move has a reason of at least 5 characters. The move has a reason.",
            "type": "plain_text",
          },
          "type": "section",
        },
        {
          "text": {
            "text": "<https://registry.example/models/fraud%20%3C!channel%3E/versions/1|Open in Shelfmark>",
            "type": "mrkdwn",
            "verbatim": true,
          },
          "type": "section",
        },
      ],
      "link_names": false,
      "text": "fraud &lt;!channel&gt; v1 moved from NONE to STAGING",
      "unfurl_links": false,
      "unfurl_media": false,
    }
  `);
  expect(await settled("DELIVERED")).toMatchObject({ responseCode: 204, eventType: MOVES.types[0] });
});

test("Teams gets an Adaptive Card whose texts of users are not Markdown", async () => {
  await site.startDispatcher();
  const { secret } = await site.create({ url: receiver.url, format: "TEAMS", where: MOVES });
  await promote("fraud [x](y)", HOSTILE);
  const [first] = await receiver.until(1);
  if (!first) throw new Error("Nothing came.");
  expect(first.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(verify(first, secret, site.clock)).toBe(true);
  expect(first.text).not.toMatch(/"TextBlock"|FactSet|\{\{/);
  expect(withoutTime(first)).toMatchInlineSnapshot(`
    {
      "attachments": [
        {
          "content": {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "actions": [
              {
                "title": "Open in Shelfmark",
                "type": "Action.OpenUrl",
                "url": "https://registry.example/models/fraud%20%5Bx%5D(y)/versions/1",
              },
            ],
            "body": [
              {
                "inlines": [
                  {
                    "size": "Medium",
                    "text": "fraud [x](y) v1 moved from NONE to STAGING",
                    "type": "TextRun",
                    "weight": "Bolder",
                  },
                ],
                "type": "RichTextBlock",
              },
              {
                "inlines": [
                  {
                    "text": "By: ",
                    "type": "TextRun",
                    "weight": "Bolder",
                  },
                  {
                    "text": "Ada <!here> (ada)",
                    "type": "TextRun",
                  },
                ],
                "type": "RichTextBlock",
              },
              {
                "inlines": [
                  {
                    "text": "Reason: ",
                    "type": "TextRun",
                    "weight": "Bolder",
                  },
                  {
                    "text": "<!channel> <https*evil|click> [click](evil) @here {​{​{DATE(2026-11-30T00:00:00Z)}} & *b*",
                    "type": "TextRun",
                  },
                ],
                "type": "RichTextBlock",
              },
              {
                "inlines": [
                  {
                    "text": "When: ",
                    "type": "TextRun",
                    "weight": "Bolder",
                  },
                  {
                    "text": "(when)",
                    "type": "TextRun",
                  },
                ],
                "type": "RichTextBlock",
              },
              {
                "inlines": [
                  {
                    "text": "PASSED: care: The move has a reason of at least 5 characters. The move has a reason.",
                    "type": "TextRun",
                  },
                ],
                "type": "RichTextBlock",
              },
            ],
            "msteams": {
              "width": "Full",
            },
            "type": "AdaptiveCard",
            "version": "1.4",
          },
          "contentType": "application/vnd.microsoft.card.adaptive",
          "contentUrl": null,
        },
      ],
      "type": "message",
    }
  `);
});

test("long texts are cut to what Slack and Teams take", async () => {
  await site.startDispatcher();
  await site.create({ url: receiver.url, format: "SLACK", where: MOVES });
  await site.create({ url: receiver.url, format: "TEAMS", where: MOVES });
  await promote("<".repeat(256), `${"&".repeat(400)}${"\u{1F600}".repeat(50)}`);
  const received = await receiver.until(2);
  const slack = received.find(({ body }) => body.blocks);
  const teams = received.find(({ body }) => body.attachments);
  const [title, facts] = slack?.body.blocks ?? [];
  expect(title.type === "header" ? title.text.text.length <= 150 : title.text.text.length <= 3_000).toBe(true);
  for (const { text } of facts.fields) expect(text.length).toBeLessThanOrEqual(2_000);
  expect((teams?.text.length ?? 0) * 2).toBeLessThanOrEqual(28 * 1024);
});

test("a reason cannot look like another fact, and a new name of a model stands beside the old one", async () => {
  await site.startDispatcher();
  await site.create({
    url: receiver.url,
    format: "SLACK",
    where: { types: ["model_version.stage_changed", "model.renamed"] },
  });
  await promote("fraud", "as agreed\nApproved by\n\nthe board");
  await renameModel(mover(), { model: { name: "fraud" }, newName: "scoring" });
  const [moved, renamed] = await receiver.until(2);
  expect(moved?.body.blocks[1].fields[1].text).toBe("Reason\nas agreed Approved by the board");
  expect(renamed?.body.text).toBe("The model fraud is now called scoring");
});

test("a notice holds what the rights of its webhook show, and nothing of models that they do not cover", async () => {
  await site.startDispatcher();
  await site.create({ url: receiver.url, format: "SLACK" }, { modelGlobs: ["shown*"] });
  await site.happen("hidden", "shown");
  await receiver.until(1);
  expect(receiver.received.map(({ body }) => body.text)).toEqual(["The model shown was registered"]);
});

test("another format applies to deliveries that wait, and to those that are sent again", async () => {
  await site.startDispatcher();
  receiver.answer = 503;
  const { id } = await site.create({ url: receiver.url });
  await site.happen("fraud");
  await receiver.until(1);
  await eventually(async () => expect(await site.deliveries()).toMatchObject([{ attempts: 1, leasedUntil: null }]));
  receiver.answer = 200;
  await updateWebhook(site.as(), site.services, { id, format: "SLACK" });
  site.pass(6_000);
  const delivered = await settled("DELIVERED");
  await updateWebhook(site.as(), site.services, { id, format: "TEAMS" });
  await redeliver(site.as(), site.services, { delivery: delivered?.id ?? "" });
  const [cloudEvent, slack, teams] = await receiver.until(3);
  expect(cloudEvent?.body.specversion).toBe("1.0");
  expect(slack?.body.text).toBe("The model fraud was registered");
  expect(teams?.body.attachments).toHaveLength(1);
  expect(new Set([cloudEvent, slack, teams].map((each) => each?.headers["webhook-id"])).size).toBe(1);
});

const answering = (status: number, word: string) => (response: ServerResponse) =>
  void response.writeHead(status, { "retry-after": "120" }).end(word);

test.each([
  [400, "invalid_payload", true],
  [403, "action_prohibited", true],
  [404, "no_service", false],
  [410, "channel_is_archived", false],
])("Slack's %i %s is final", async (status, word, staysEnabled) => {
  await site.startDispatcher();
  receiver.answer = answering(status, word);
  const { id } = await site.create({ url: receiver.url, format: "SLACK" });
  await site.happen("fraud");
  const error = `The receiver responded with ${status}: ${word}.`;
  expect(await settled("FAILED")).toMatchObject({ attempts: 1, responseCode: status, error, nextAttemptAt: null });
  const { disabledAt, disabledReason } = await site.database.prisma.webhook.findUniqueOrThrow({ where: { id } });
  expect([disabledAt === null, disabledReason]).toEqual([staysEnabled, staysEnabled ? null : error]);
});

test("429 waits for as long as Slack asks, and a workflow of Teams that is switched off is tried again", async () => {
  for (const [format, status] of [
    ["SLACK", 429],
    ["TEAMS", 404],
  ] as const) {
    const stopping = await site.startDispatcher();
    receiver.answer = answering(status, "<script>secret of the receiver</script>");
    await site.create({ url: receiver.url, format });
    await site.happen(format);
    await eventually(async () => {
      const row = (await site.deliveries()).find(({ responseCode }) => responseCode === status);
      expect(row).toMatchObject({ status: "PENDING", error: `The receiver responded with ${status}.` });
      expect(row?.nextAttemptAt).toEqual(new Date(site.clock.getTime() + 120_000));
    });
    await stopping.stop();
  }
});

test("testWebhook sends a message that says that it is a test", async () => {
  for (const format of ["SLACK", "TEAMS"] as const) {
    const { id } = await site.create({ url: receiver.url, format });
    expect(await testWebhook(site.as(), site.services, { id })).toMatchObject({ responseCode: 204, error: null });
  }
  const [slack, teams] = receiver.received;
  expect(slack?.body.text).toBe("This is a test of a webhook of Shelfmark");
  expect(slack?.text).toContain("<https://registry.example|Open in Shelfmark>");
  expect(teams?.body.attachments[0].content.actions).toEqual([
    { type: "Action.OpenUrl", title: "Open in Shelfmark", url: "https://registry.example" },
  ]);
});
