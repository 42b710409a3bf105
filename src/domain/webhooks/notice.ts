import { oneLine } from "../../util/safe-text.js";
import type { Actor, Reader } from "../access/actor.js";
import { visibleSnapshot } from "../events/event-snapshot.js";
import type { RuleResult } from "../governance/decision.js";
import type { JsonObject, JsonValue } from "../values/json.js";
import type { LoggedEvent } from "./cloud-event.js";
import { titleOf } from "./notice-title.js";

/** An event as people read it. All texts are plain: each format escapes them in its own way. */
export interface Notice {
  readonly title: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** What the rules said, one line each. */
  readonly rules: readonly string[];
  /** The page of the console; null if the server has no public URL. */
  readonly link: string | null;
}

const TITLE_MAX = 150;
/**
 * Teams refuses messages over 28 KB, counted in two bytes a character, and Slack a fact over 2,000 characters, counted when it
 * is escaped: ten facts and ten rules must fit.
 */
const TEXT_MAX = 350;
const RULES_MAX = 10;

const SHOWN_KEYS: readonly (readonly [key: string, label: string])[] = [
  ["reason", "Reason"],
  ["comment", "Comment"],
  ["status", "Status"],
  ["summary", "Summary"],
  ["names", "Checks"],
  ["staleReasons", "Changed"],
  ["expiresAt", "Expires"],
  ["state", "State"],
  ["health", "Health"],
  ["message", "Message"],
  ["key", "Tag"],
  ["value", "Value"],
  ["mode", "Mode"],
];
const FACTS_MAX = 10;

/** Makes the notice of an event from what the reader may see of it. */
export function toNotice(event: LoggedEvent, consoleUrl: string | null, reader: Reader): Notice {
  const { actor, before, after } = JSON.parse(event.body) as {
    readonly actor?: { readonly onBehalfOf?: Actor };
    readonly before: JsonObject | null;
    readonly after: JsonObject | null;
  };
  const visibleBefore = visibleSnapshot(reader, event.type, before);
  const shown = { ...visibleBefore, ...visibleSnapshot(reader, event.type, after) };
  const who: Actor = {
    issuer: event.actorIssuer,
    subject: event.actorSubject,
    name: event.actorName,
    kind: event.actorKind,
  };
  const onBehalfOf = actor?.onBehalfOf ? [{ label: "For", value: describeActor(actor.onBehalfOf) }] : [];
  const facts = [
    { label: "By", value: describeActor(who) },
    ...onBehalfOf,
    ...overrideOf(shown),
    ...SHOWN_KEYS.flatMap(([key, label]) => factOf(label, shown[key])),
    { label: "When", value: event.at.toISOString() },
  ];
  return {
    title: shorten(titleOf(event, shown, visibleBefore), TITLE_MAX),
    facts: facts.slice(0, FACTS_MAX).map(({ label, value }) => ({ label, value: shorten(value, TEXT_MAX) })),
    rules: shortenList(rulesOf(shown)),
    link: consoleUrl === null ? null : linkOf(event, consoleUrl),
  };
}

/** What `testWebhook` sends. */
export function testNotice(actor: Actor, at: Date, consoleUrl: string | null): Notice {
  return {
    title: "This is a test of a webhook of Shelfmark",
    facts: [
      { label: "By", value: shorten(describeActor(actor), TEXT_MAX) },
      { label: "When", value: at.toISOString() },
    ],
    rules: [],
    link: consoleUrl,
  };
}

export function describeActor({ name, subject }: Pick<Actor, "name" | "subject">): string {
  return name === null || name === subject ? subject : `${name} (${subject})`;
}

function factOf(label: string, value: JsonValue | undefined): { label: string; value: string }[] {
  const text = Array.isArray(value) ? value.filter((each) => typeof each === "string").join(", ") : value;
  return typeof text === "string" && text !== "" ? [{ label, value: text }] : [];
}

/** Another release may have written a decision of another form. */
interface Recorded {
  readonly rules?: readonly RuleResult[] | null;
  readonly override?: { readonly reason: string } | null;
}

function decisionOf({ decision }: JsonObject): Recorded {
  return (decision ?? {}) as Recorded;
}

function overrideOf(shown: JsonObject): { label: string; value: string }[] {
  return factOf("Override", decisionOf(shown).override?.reason);
}

function rulesOf(shown: JsonObject): string[] {
  const rules = decisionOf(shown).rules ?? (shown.rules as unknown as readonly RuleResult[] | undefined) ?? [];
  return rules.map(({ policy, status, requirement, explanation }) =>
    shorten(`${status}: ${policy}: ${requirement} ${explanation}`, TEXT_MAX),
  );
}

function shortenList(rules: readonly string[]): readonly string[] {
  if (rules.length <= RULES_MAX) return rules;
  return [...rules.slice(0, RULES_MAX - 1), `and ${rules.length - RULES_MAX + 1} more rules`];
}

/** On one line: a reason with lines of its own could look like other facts. Cuts at a whole character, not in a pair of surrogates. */
function shorten(written: string, max: number): string {
  const text = oneLine(written);
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** The page about what the event is about; null where there is none, as for what was deleted. */
function linkOf({ type, modelName, versionNumber }: LoggedEvent, consoleUrl: string): string | null {
  if (type === "model.deleted" || type === "model_version.deleted") return null;
  if (type.startsWith("promotion_request.")) return `${consoleUrl}/approvals`;
  if (modelName === null) return null;
  const model = `${consoleUrl}/models/${encodeURIComponent(modelName)}`;
  return versionNumber === null ? model : `${model}/versions/${versionNumber}`;
}
