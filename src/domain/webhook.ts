import { InvalidInputError } from "./errors.js";
import { EVENT_TYPES } from "./event.js";
import type { EventPlace } from "./event-visibility.js";
import { matchesAnyGlob, matchesGlob } from "./glob.js";
import { requireAtMost } from "./list.js";
import { STAGES, type Stage } from "./stage.js";
import { parseLine } from "./text.js";

const URL_MAX = 2_000;
const LIST_MAX = 200;
const GLOB_MAX = 1_024;

/** What a webhook asks for: the conditions that are given all hold; null = no condition. */
export interface WebhookFilter {
  readonly types: readonly string[] | null;
  readonly models: readonly string[] | null;
  readonly from: readonly Stage[] | null;
  readonly to: readonly Stage[] | null;
  readonly aliases: readonly string[] | null;
}

export type WebhookFilterInput = { readonly [Key in keyof WebhookFilter]?: WebhookFilter[Key] | undefined };

/** What of an event a filter looks at. */
export interface FilteredEvent extends EventPlace {
  readonly fromStage: string | null;
  readonly toStage: string | null;
  readonly alias: string | null;
}

/** An https URL; http passes here, since which hosts it may reach is for whoever sends. */
export function parseWebhookUrl(field: string, text: string): string {
  parseLine(field, text, URL_MAX);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new InvalidInputError(field, `${field} must be an https:// URL.`);
  if (url.username + url.password !== "" || url.hash !== "") {
    throw new InvalidInputError(field, `${field} must have neither user name, password nor fragment.`);
  }
  return url.href;
}

export function parseWebhookFilter(field: string, input: WebhookFilterInput | null | undefined): WebhookFilter {
  const { types, models, from, to, aliases } = input ?? {};
  for (const [i, type] of (types ?? []).entries()) {
    if (EVENT_TYPES.some((known) => matchesGlob(type, known))) continue;
    throw new InvalidInputError(`${field}.types[${i}]`, `No event has the type ${JSON.stringify(type)}.`);
  }
  return {
    types: parseGlobs(`${field}.types`, types),
    models: parseGlobs(`${field}.models`, models),
    from: from ? STAGES.filter((stage) => from.includes(stage)) : null,
    to: to ? STAGES.filter((stage) => to.includes(stage)) : null,
    aliases: parseGlobs(`${field}.aliases`, aliases),
  };
}

function parseGlobs(field: string, globs: readonly string[] | null | undefined): readonly string[] | null {
  if (!globs) return null;
  requireAtMost(field, globs, LIST_MAX);
  return globs.map((glob, i) => parseLine(`${field}[${i}]`, glob, GLOB_MAX));
}

/** What an event does not have does not meet a condition on it. */
export function matchesWebhookFilter(filter: WebhookFilter, event: FilteredEvent): boolean {
  return (
    matchesAnyGlob(filter.types, event.type) &&
    isAmong(filter.models, event.modelName) &&
    isAmong(filter.aliases, event.alias) &&
    (filter.from?.some((stage) => stage === event.fromStage) ?? true) &&
    (filter.to?.some((stage) => stage === event.toStage) ?? true)
  );
}

function isAmong(globs: readonly string[] | null, name: string | null): boolean {
  return globs === null || (name !== null && matchesAnyGlob(globs, name));
}
