import { expect } from "vitest";
import { DeliveryPlanner } from "../../../src/webhooks/plan-deliveries.js";
import type { useCommandServer } from "../../registry/command-server.js";
import type { As } from "../../support/server.js";
import { all } from "./gate.js";

interface Watchers {
  /** Has a webhook, and sees all events of the kind. */
  readonly full: As;
  /** Has a webhook too, and sees none of them. */
  readonly narrowed: As;
  /** How many events of the kind there are. */
  readonly count: number;
}

/** Streams and webhooks of one have all events whose types start so, those of the other none. */
export async function expectHiddenEvents(
  commands: ReturnType<typeof useCommandServer>,
  prefix: string,
  { full, narrowed, count }: Watchers,
): Promise<void> {
  const shown = prefix.toUpperCase().replace(".", "_");
  for (const [as, expected] of [
    [full, count],
    [narrowed, 0],
  ] as const) {
    const stream = commands.server.watch(
      `subscription { registryEvents(since: "2020-01-01T00:00:00Z") { event { type } } }`,
      {},
      as,
    );
    const types: (string | undefined)[] = [];
    await commands.mutate(all(`registerModel(input: { name: "seen-${as.subject}" })`));
    while (types.at(-1) !== "MODEL_REGISTERED") {
      types.push((await stream.next()).value.data.registryEvents.event?.type);
    }
    await stream.return?.();
    expect(types.filter((type) => type?.startsWith(shown))).toHaveLength(expected);
  }
  const { prisma } = commands.server.database;
  await new DeliveryPlanner(prisma, () => new Date(), null).planPages();
  const rows = await prisma.webhookDelivery.findMany({
    where: { eventType: { startsWith: prefix } },
    include: { webhook: true },
  });
  expect(rows.map(({ webhook }) => webhook.createdBySubject)).toEqual(Array(count).fill(full.subject));
}
