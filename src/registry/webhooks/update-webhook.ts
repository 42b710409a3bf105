import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import type { FieldChanges } from "../../domain/values/fields.js";
import { canonicalJson, type JsonObject, type JsonValue } from "../../domain/values/json.js";
import { parseDescription, parseOptional } from "../../domain/values/text.js";
import { parseWebhookFilter, parseWebhookUrl, type WebhookFilterInput } from "../../domain/webhooks/webhook.js";
import type { WebhookFormat } from "../../domain/webhooks/webhook-format.js";
import { rightsOf } from "../../domain/webhooks/webhook-rights.js";
import type { Prisma } from "../../store/generated/client.js";
import { forgetBodies } from "../../store/webhooks/webhook-queue.js";
import { type CommandContext, isCreator, requireScopes, type Work } from "../command.js";
import { aboutWebhook, type LivingWebhook, lockWebhook, originOf } from "./webhook-lookup.js";
import type { WebhookSecrets, WebhookServices } from "./webhook-services.js";

interface UpdateWebhookInput {
  readonly id: string;
  readonly url?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly format?: WebhookFormat | null | undefined;
  /** A new filter; null = all events. */
  readonly where?: WebhookFilterInput | null | undefined;
  readonly enabled?: boolean | null | undefined;
  readonly rotateSecret?: boolean | null | undefined;
}

type Columns = Prisma.WebhookUncheckedUpdateInput;

type Change = FieldChanges<Columns>;

const NO_CHANGE: Change = { columns: {}, before: {}, after: {} };
const PREVIOUS_VALID_MS = 24 * 3_600_000;
const PAUSED = "It was disabled by updateWebhook.";

/**
 * Changes a webhook. If its creator changes it, it gets the rights of the token that is used. With `rotateSecret` it returns
 * the new secret, which cannot be read later; the previous one stays valid for a day.
 *
 * Errors: FORBIDDEN, INVALID_INPUT, NOT_FOUND.
 */
export async function updateWebhook(
  context: CommandContext,
  webhooks: WebhookServices,
  input: UpdateWebhookInput,
): Promise<{ id: string; secret: string | null }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.updateWebhook], "updateWebhook");
  const url = typeof input.url === "string" ? parseWebhookUrl("input.url", input.url) : undefined;
  if (url !== undefined) webhooks.requireSendable("input.url", url);
  const description = parseOptional(input.description, (text) => parseDescription("input.description", text));
  const filter = input.where === undefined ? undefined : parseWebhookFilter("input.where", input.where);
  const secret = input.rotateSecret ? webhooks.secrets.create() : null;
  await webhooks.secrets.keyId();
  const answer = await context.transact(async (work) => {
    const webhook = await lockWebhook(work, input.id);
    const rights = isCreator(work.viewer, webhook) ? changeRights(webhook, rightsOf(work.viewer)) : NO_CHANGE;
    const format = changeFormat(webhook, input.format);
    const changes = [
      url === undefined || url === webhook.url ? NO_CHANGE : changeUrl(webhook, url),
      description === undefined ? NO_CHANGE : changeColumn("description", webhook.description, description),
      format,
      filter === undefined ? NO_CHANGE : changeColumn("filter", webhook.filter as JsonValue, { ...filter }, "where"),
      typeof input.enabled === "boolean" ? changeEnabled(work, webhook, input.enabled) : NO_CHANGE,
      secret === null ? NO_CHANGE : await rotate(work, webhooks.secrets, webhook, secret),
      rights,
    ];
    if (rights !== NO_CHANGE || format !== NO_CHANGE) await forgetBodies(work.tx, webhook.id);
    await write(work, webhook, changes);
    return { id: webhook.id, secret };
  });
  webhooks.wake();
  return answer;
}

async function write(work: Work, { id }: LivingWebhook, changes: readonly Change[]): Promise<void> {
  const columns: Columns = Object.assign({}, ...changes.map((change) => change.columns));
  if (Object.keys(columns).length === 0) return;
  await work.tx.webhook.update({ where: { id }, data: { ...columns, updatedAt: work.at }, select: { id: true } });
  const before: JsonObject = Object.assign({}, ...changes.map((change) => change.before));
  const after: JsonObject = Object.assign({}, ...changes.map((change) => change.after));
  work.emit({ ...aboutWebhook(id), type: "webhook.updated", before, after });
}

function changeColumn(column: keyof Columns, from: JsonValue, to: JsonValue, shownAs: string = column): Change {
  if (canonicalJson(from) === canonicalJson(to)) return NO_CHANGE;
  return { columns: { [column]: to as Prisma.InputJsonValue }, before: { [shownAs]: from }, after: { [shownAs]: to } };
}

function changeUrl(webhook: LivingWebhook, url: string): Change {
  return { columns: { url }, before: { origin: originOf(webhook.url) }, after: { origin: originOf(url) } };
}

function changeFormat(webhook: LivingWebhook, format: WebhookFormat | null | undefined): Change {
  return changeColumn("format", webhook.format, format ?? webhook.format);
}

function changeRights(webhook: LivingWebhook, rights: JsonObject): Change {
  return changeColumn("rights", webhook.rights as JsonValue, rights);
}

function changeEnabled({ at }: Work, { disabledAt, disabledReason }: LivingWebhook, enabled: boolean): Change {
  if ((disabledAt === null) === enabled) return NO_CHANGE;
  return {
    columns: enabled ? { disabledAt: null, disabledReason: null } : { disabledAt: at, disabledReason: PAUSED },
    before: { enabled: !enabled, disabledReason },
    after: { enabled, disabledReason: enabled ? null : PAUSED },
  };
}

/** Keeps the previous secret, unless it was encrypted with another key: then this server cannot sign with it. */
async function rotate(work: Work, secrets: WebhookSecrets, webhook: LivingWebhook, secret: string): Promise<Change> {
  const { keyId, sealed } = await secrets.seal(webhook.id, secret);
  const isKept = keyId === webhook.keyId;
  const columns = {
    keyId,
    secret: sealed,
    previousSecret: isKept ? webhook.secret : null,
    previousSecretUntil: isKept ? new Date(work.at.getTime() + PREVIOUS_VALID_MS) : null,
  };
  return { columns, before: {}, after: { secretRotated: true } };
}
