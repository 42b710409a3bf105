import { creatorOf } from "../../domain/access/actor.js";
import { systemViewer } from "../../domain/access/system-viewer.js";
import { NotFoundError } from "../../domain/errors.js";
import { statusAt } from "../../domain/governance/request.js";
import type { PrismaClient } from "../../store/generated/client.js";
import { type CommandServices, createCommandContext, type Work } from "../command.js";
import { enterGate, type Gate } from "../governance/gate.js";
import { executeRequest } from "./execute-request.js";
import { closeUnfit } from "./live-request.js";
import { lockRequest } from "./request-lookup.js";
import { assessRequest, staleReasonsOf } from "./request-promotion.js";

const SYSTEM = systemViewer("promotions");
/** So many requests are looked at in one run, those first that were not looked at for the longest time. */
const BATCH = 100;

/**
 * Writes which live requests have expired or gone stale, with an event each, and executes those that execute themselves and were
 * approved before all other rules were met. Any number of servers may run it at once: each
 * request is locked, and what one of them wrote the others find done. Returns how many were closed.
 */
export async function settleRequests(services: CommandServices): Promise<number> {
  let closed = 0;
  for (const id of await findLive(services.prisma)) {
    const context = createCommandContext(services, SYSTEM, services.newId());
    const isClosed = await context
      .transact(async (work) => {
        const gate = await enterGate(work);
        return settle(work, gate, id);
      })
      .catch(orIfDeleted);
    if (isClosed) closed++;
  }
  return closed;
}

/** The version may have been deleted since the list was read. */
function orIfDeleted(error: unknown): false {
  if (error instanceof NotFoundError) return false;
  throw error;
}

async function findLive(prisma: PrismaClient): Promise<string[]> {
  const rows = await prisma.promotionRequest.findMany({
    where: { status: { in: ["OPEN", "APPROVED"] }, modelVersion: { deletedAt: null, model: { deletedAt: null } } },
    select: { id: true },
    orderBy: [{ checkedAt: "asc" }, { id: "asc" }],
    take: BATCH,
  });
  return rows.map(({ id }) => id);
}

async function settle(work: Work, gate: Gate, id: string): Promise<boolean> {
  const locked = await lockRequest(work, id);
  const { request, target } = locked;
  if (request.status !== "OPEN" && request.status !== "APPROVED") return false;
  if (statusAt(request, work.at) === "EXPIRED") return close(work, locked, { status: "EXPIRED", staleReasons: [] });
  const requester = creatorOf(request);
  const assessment = await assessRequest(work, locked, { ...request, target }, requester);
  const staleReasons = staleReasonsOf(assessment);
  if (staleReasons.length > 0) return close(work, locked, { status: "STALE", staleReasons });
  if (request.status === "APPROVED" && (await executeRequest(work, gate, locked, assessment))) return true;
  await work.tx.promotionRequest.update({ where: { id }, data: { checkedAt: work.at }, select: { id: true } });
  return false;
}

async function close(...closing: Parameters<typeof closeUnfit>): Promise<boolean> {
  await closeUnfit(...closing);
  return true;
}
