import { hasHighPort, PORT_RULE } from "../../util/network/url-port.js";
import type { Reader } from "../access/actor.js";
import { InvalidInputError } from "../errors.js";
import { EVENT_TYPES } from "../events/event.js";
import { conditionsOf, type FilteredEvent, meetsConditions } from "../events/event-filter.js";
import type { VisibleColumns } from "../events/event-visibility.js";
import { matchesGlob } from "../values/glob.js";
import { requireAtMost } from "../values/list.js";
import { parseAnyLine, parseLine, parseOptional, parseText } from "../values/text.js";
import { STAGES, type Stage } from "../versions/stage.js";

const URL_MAX = 2_000;
const LIST_MAX = 200;
const GLOB_MAX = 1_024;
const CLAIM_MAX = 4_096;

/** Which events a webhook wants. Every condition must hold; null means no condition. */
export interface WebhookFilter {
  readonly types: readonly string[] | null;
  readonly models: readonly string[] | null;
  /** Moves from or to one of these. Stored filters from before these conditions existed have neither this nor `actor`. */
  readonly stages: readonly Stage[] | null;
  readonly from: readonly Stage[] | null;
  readonly to: readonly Stage[] | null;
  readonly aliases: readonly string[] | null;
  readonly actor: ActorConditions | null;
}

/** A type, since an interface would not be assignable to JSON. */
export type ActorConditions = { readonly subject: string | null; readonly issuer: string | null };

type Given<Conditions> = { readonly [Key in keyof Conditions]?: Conditions[Key] | undefined };
export type WebhookFilterInput = Given<Omit<WebhookFilter, "actor">> & {
  readonly actor?: Given<ActorConditions> | null | undefined;
};

/** The columns of an event that decide whether a webhook receives it. */
export interface WebhookEvent extends FilteredEvent, VisibleColumns {}

/** Checks the form of a URL. http passes here: the sender decides which hosts it may be used for. */
export function parseWebhookUrl(field: string, text: string): string {
  parseLine(field, text, URL_MAX);
  if (hasHighPort(text)) throw new InvalidInputError(field, `${field} must have ${PORT_RULE}.`);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) throw new InvalidInputError(field, `${field} must be an https:// URL.`);
  if (url.username + url.password !== "" || url.hash !== "") {
    throw new InvalidInputError(field, `${field} must have neither user name, password nor fragment.`);
  }
  return url.href;
}

export function parseWebhookFilter(field: string, input: WebhookFilterInput | null | undefined): WebhookFilter {
  const { types, models, stages, from, to, aliases, actor } = input ?? {};
  for (const [i, type] of (types ?? []).entries()) {
    if (EVENT_TYPES.some((known) => matchesGlob(type, known))) continue;
    throw new InvalidInputError(`${field}.types[${i}]`, `No event has the type ${JSON.stringify(type)}.`);
  }
  return {
    types: parseGlobs(`${field}.types`, types),
    models: parseGlobs(`${field}.models`, models),
    stages: inOrder(stages),
    from: inOrder(from),
    to: inOrder(to),
    aliases: parseGlobs(`${field}.aliases`, aliases),
    actor: actor ? parseActor(`${field}.actor`, actor) : null,
  };
}

function inOrder(stages: readonly Stage[] | null | undefined): readonly Stage[] | null {
  return stages ? STAGES.filter((stage) => stages.includes(stage)) : null;
}

function parseActor(field: string, { subject, issuer }: Given<ActorConditions>): ActorConditions {
  return {
    subject: parseOptional(subject, (text) => parseText(`${field}.subject`, text, CLAIM_MAX)) ?? null,
    issuer: parseOptional(issuer, (text) => parseText(`${field}.issuer`, text, CLAIM_MAX)) ?? null,
  };
}

function parseGlobs(field: string, globs: readonly string[] | null | undefined): readonly string[] | null {
  if (!globs) return null;
  requireAtMost(field, globs, LIST_MAX);
  return globs.map((glob, i) => parseAnyLine(`${field}[${i}]`, glob, GLOB_MAX));
}

/** Whether an event that the webhook may receive meets its filter. Types, models and aliases are globs. */
export function matchesWebhookFilter(reader: Reader, filter: WebhookFilter, event: FilteredEvent): boolean {
  return meetsConditions(reader, conditionsOf(filter, ["types", "models", "aliases"]), event);
}
