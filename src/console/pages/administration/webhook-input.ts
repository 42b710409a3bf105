import type { WebhookData, WebhookInput } from "./webhooks-query";

type Conditions = WebhookData["where"];
export const FORMATS = ["CLOUDEVENTS", "SLACK", "TEAMS"] as const;
export const STAGES = ["NONE", "STAGING", "PRODUCTION", "ARCHIVED"] as const;

/** What the form holds: texts as they are typed. */
export interface WebhookFields {
  readonly url: string;
  readonly description: string;
  readonly format: (typeof FORMATS)[number];
  /** Names and globs, separated by commas. */
  readonly types: string;
  readonly models: string;
  readonly aliases: string;
  readonly to: readonly (typeof STAGES)[number][];
}

export const NEW_WEBHOOK: WebhookFields = {
  url: "",
  description: "",
  format: "CLOUDEVENTS",
  types: "",
  models: "",
  aliases: "",
  to: [],
};

const joined = (list: readonly string[] | null) => (list ?? []).join(", ");
const split = (text: string) => {
  const list = text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  return list.length === 0 ? null : list;
};

export function fieldsOf({ url, description, format, where }: WebhookData): WebhookFields {
  return {
    url,
    description: description ?? "",
    format,
    types: joined(where.types),
    models: joined(where.models),
    aliases: joined(where.aliases),
    to: where.to ?? [],
  };
}

/** The conditions that the form does not show stay as they are. */
export function toInput(fields: WebhookFields, before: Conditions | null): WebhookInput {
  const { url, description, format, types, models, aliases, to } = fields;
  return {
    url: url.trim(),
    description: description.trim() || null,
    format,
    where: {
      types: split(types),
      models: split(models),
      aliases: split(aliases),
      to: to.length === 0 ? null : [...to],
      ...(before && { stages: before.stages, from: before.from, actor: before.actor }),
    },
  };
}

/** Which events a webhook receives, in words. */
export function describeConditions({ types, models, stages, from, to, aliases, actor }: Conditions): string {
  const parts = [
    types?.join(", "),
    models && `models ${models.join(", ")}`,
    stages && `stages ${stages.join(", ")}`,
    from && `from ${from.join(", ")}`,
    to && `to ${to.join(", ")}`,
    aliases && `aliases ${aliases.join(", ")}`,
    actor && `by ${actor.subject ?? actor.issuer}`,
  ].filter(Boolean);
  return parts.length === 0 ? "all events" : parts.join(" · ");
}
