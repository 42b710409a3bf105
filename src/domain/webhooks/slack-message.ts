import type { Notice } from "./notice.js";

/** Slack refuses a longer header; a section may be longer. */
const HEADER_MAX = 150;

/**
 * The body of a Slack incoming webhook. All texts of users are in `plain_text` objects, in which Slack finds no mentions,
 * links or formatting; only the link to the console is `mrkdwn`.
 */
export function toSlackMessage({ title, facts, rules, link }: Notice): string {
  const blocks = [
    { type: plain(title).text.length <= HEADER_MAX ? "header" : "section", text: plain(title) },
    { type: "section", fields: facts.map(({ label, value }) => plain(`${label}\n${value}`)) },
    ...(rules.length === 0 ? [] : [{ type: "divider" }]),
    ...rules.map((rule) => ({ type: "section", text: plain(rule) })),
    ...(link === null
      ? []
      : [{ type: "section", text: { type: "mrkdwn", text: `<${link}|Open in Shelfmark>`, verbatim: true } }]),
  ];
  // for notifications, and for what shows no blocks
  const text = escapeSlack(title);
  return JSON.stringify({ text, blocks, link_names: false, unfurl_links: false, unfurl_media: false });
}

function plain(text: string) {
  return { type: "plain_text", text: escapeSlack(text), emoji: false };
}

/** Slack's control characters: with them `<!channel>` would call a whole channel, and `<https://…|…>` hide an address. */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
