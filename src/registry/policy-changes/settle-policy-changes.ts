import { systemViewer } from "../../domain/access/system-viewer.js";
import { statusAt } from "../../domain/policy-changes/change-request.js";
import { findUnfitRequests } from "../../store/policy-changes/find-unfit-requests.js";
import { type CommandServices, createCommandContext } from "../command.js";
import { closeUnfit } from "../governance/propose-change.js";
import { lockChange } from "./change-request-lookup.js";

const SYSTEM = systemViewer("policies");
/** So many requests are closed in one run. */
const BATCH = 100;

/**
 * Writes which open requests to change a policy have expired or gone stale, with an event each. Any number of servers may run
 * it at once: what one of them wrote the others find done. Returns how many were closed.
 */
export async function settlePolicyChanges(services: CommandServices): Promise<number> {
  let closed = 0;
  for (const id of await findUnfitRequests(services.prisma, services.now(), BATCH)) {
    const context = createCommandContext(services, SYSTEM, services.newId());
    const isClosed = await context.transact(async (work) => {
      const request = await lockChange(work, id);
      const status = statusAt(request, request.policy, work.at);
      if (request.status !== "OPEN" || status === "OPEN") return false;
      await closeUnfit(work, { request, policy: request.policy, status });
      return true;
    });
    if (isClosed) closed++;
  }
  return closed;
}
