import type { Notice } from "./notice.js";

/**
 * The message that a workflow of Power Automate ("When a Teams webhook request is received") posts: an Adaptive Card. Teams
 * reads Markdown in a TextBlock and in a Fact, but none in a TextRun, so all texts of users are TextRuns.
 */
export function toTeamsMessage({ title, facts, rules, link }: Notice): string {
  const card = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    msteams: { width: "Full" },
    body: [
      paragraph([{ ...run(title), size: "Medium", weight: "Bolder" }]),
      ...facts.map(({ label, value }) => paragraph([{ ...run(`${label}: `), weight: "Bolder" }, run(value)])),
      ...rules.map((rule) => paragraph([run(rule)])),
    ],
    ...(link === null ? {} : { actions: [{ type: "Action.OpenUrl", title: "Open in Shelfmark", url: link }] }),
  };
  const attachment = { contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: card };
  return JSON.stringify({ type: "message", attachments: [attachment] });
}

function paragraph(inlines: readonly object[]) {
  return { type: "RichTextBlock", inlines };
}

function run(text: string) {
  return { type: "TextRun", text: withoutFunctions(text) };
}

/** A card formats `{{DATE(…)}}` and `{{TIME(…)}}` in every text; a character of no width between the braces stops that. */
function withoutFunctions(text: string): string {
  return text.replaceAll(/\{(?=\{)/g, "{\u200B");
}
