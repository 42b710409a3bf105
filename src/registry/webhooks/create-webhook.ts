import { COMMAND_SCOPE } from "../../domain/access/scopes.js";
import { ConflictError } from "../../domain/errors.js";
import { parseDescription, parseOptional } from "../../domain/values/text.js";
import { parseWebhookFilter, parseWebhookUrl, type WebhookFilterInput } from "../../domain/webhooks/webhook.js";
import type { WebhookFormat } from "../../domain/webhooks/webhook-format.js";
import { rightsOf } from "../../domain/webhooks/webhook-rights.js";
import { readHead } from "../../store/events/event-log.js";
import type { Prisma } from "../../store/generated/client.js";
import { actorColumns, type CommandContext, requireScopes, type Work } from "../command.js";
import { aboutWebhook, originOf } from "./webhook-lookup.js";
import type { WebhookServices } from "./webhook-services.js";

export interface CreateWebhookInput {
  readonly url: string;
  readonly description?: string | null | undefined;
  /** Absent = CloudEvents. */
  readonly format?: WebhookFormat | null | undefined;
  readonly where?: WebhookFilterInput | null | undefined;
  /** A secret that the receiver already knows; absent = a new one. */
  readonly secret?: string | null | undefined;
}

/** The most webhooks of one actor: the log is read, and deliveries are sent, for each of them separately. */
const WEBHOOKS_MAX = 100;

/**
 * Creates a webhook. It receives the events from now on that the token may see. Returns the secret, which cannot be read
 * later.
 *
 * Errors: FORBIDDEN; INVALID_INPUT; CONFLICT if the actor has too many webhooks.
 */
export async function createWebhook(
  context: CommandContext,
  webhooks: WebhookServices,
  input: CreateWebhookInput,
): Promise<{ id: string; secret: string }> {
  requireScopes(context.viewer, [COMMAND_SCOPE.createWebhook], "createWebhook");
  const url = parseWebhookUrl("input.url", input.url);
  webhooks.requireSendable("input.url", url);
  const description = parseOptional(input.description, (text) => parseDescription("input.description", text)) ?? null;
  const format = input.format ?? "CLOUDEVENTS";
  const filter = parseWebhookFilter("input.where", input.where);
  const given = input.secret ?? null;
  const secret = given === null ? webhooks.secrets.create() : webhooks.secrets.parse("input.secret", given);
  // may have to create the key first, which must not happen in a transaction
  await webhooks.secrets.keyId();
  return context.transact(async (work) => {
    await requireRoom(work);
    const id = work.newId();
    const { keyId, sealed } = await webhooks.secrets.seal(id, secret);
    const { revision: position } = await readHead(work.tx);
    await work.tx.webhook.create({
      data: {
        ...actorColumns(work.viewer),
        id,
        url,
        description,
        format,
        keyId,
        secret: sealed,
        position,
        createdAt: work.at,
        updatedAt: work.at,
        filter: { ...filter } as unknown as Prisma.InputJsonValue,
        rights: rightsOf(work.viewer) as unknown as Prisma.InputJsonValue,
      },
      select: { id: true },
    });
    work.emit({
      ...aboutWebhook(id),
      type: "webhook.created",
      after: { origin: originOf(url), description, format, where: { ...filter } },
    });
    return { id, secret };
  });
}

async function requireRoom({ tx, viewer }: Work): Promise<void> {
  const { createdByIssuer, createdBySubject } = actorColumns(viewer);
  const count = await tx.webhook.count({ where: { createdByIssuer, createdBySubject, deletedAt: null } });
  if (count >= WEBHOOKS_MAX)
    throw new ConflictError(`You have ${count} webhooks; at most ${WEBHOOKS_MAX} are allowed.`);
}
