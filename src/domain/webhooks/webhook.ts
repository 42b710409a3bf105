import { InvalidInputError } from "../errors.js";
import { EVENT_TYPES } from "../events/event.js";
import type { VisibleColumns } from "../events/event-visibility.js";
import { matchesAnyGlob, matchesGlob } from "../values/glob.js";
import { requireAtMost } from "../values/list.js";
import { parseLine, parseOptional, parseText } from "../values/text.js";
import { STAGES, type Stage } from "../versions/stage.js";

const URL_MAX = 2_000;
const LIST_MAX = 200;
const GLOB_MAX = 1_024;
const CLAIM_MAX = 4_096;

/** What a webhook asks for: the conditions that are given all hold; null = no condition. */
export interface WebhookFilter {
  readonly types: readonly string[] | null;
  readonly models: readonly string[] | null;
  /** Moves from or to one of these. Filters of before it could be given have neither this nor `actor`. */
  readonly stages: readonly Stage[] | null;
  readonly from: readonly Stage[] | null;
  readonly to: readonly Stage[] | null;
  readonly aliases: readonly string[] | null;
  readonly actor: ActorConditions | null;
}

/** Kept as JSON, which an interface would not be assignable to. */
export type ActorConditions = { readonly subject: string | null; readonly issuer: string | null };

type Given<Conditions> = { readonly [Key in keyof Conditions]?: Conditions[Key] | undefined };
export type WebhookFilterInput = Given<Omit<WebhookFilter, "actor">> & {
  readonly actor?: Given<ActorConditions> | null | undefined;
};

/** What of an event a filter looks at. */
export interface FilteredEvent extends VisibleColumns {
  readonly fromStage: string | null;
  readonly toStage: string | null;
  readonly alias: string | null;
  readonly actorIssuer: string;
  readonly actorSubject: string;
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
  return globs.map((glob, i) => parseLine(`${field}[${i}]`, glob, GLOB_MAX));
}

/** What an event does not have does not meet a condition on it. */
export function matchesWebhookFilter(filter: WebhookFilter, event: FilteredEvent): boolean {
  return (
    matchesAnyGlob(filter.types, event.type) &&
    isAmong(filter.models, event.modelName) &&
    isAmong(filter.aliases, event.alias) &&
    (filter.stages?.some((stage) => stage === event.fromStage || stage === event.toStage) ?? true) &&
    (filter.from?.some((stage) => stage === event.fromStage) ?? true) &&
    (filter.to?.some((stage) => stage === event.toStage) ?? true) &&
    (filter.actor?.subject ?? event.actorSubject) === event.actorSubject &&
    (filter.actor?.issuer ?? event.actorIssuer) === event.actorIssuer
  );
}

function isAmong(globs: readonly string[] | null, name: string | null): boolean {
  return globs === null || (name !== null && matchesAnyGlob(globs, name));
}
