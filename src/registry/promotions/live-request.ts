import { AlreadyExistsError } from "../../domain/errors.js";
import { statusAt } from "../../domain/governance/request.js";
import { describeTarget, targetColumns } from "../../domain/governance/target.js";
import type { Work } from "../command.js";
import { mayRead } from "../current-state.js";
import { aboutRequest, type LockedRequest } from "./request-lookup.js";

/**
 * A version has one live request for a target. Throws ALREADY_EXISTS if there is one; writes that it has expired if the sweeper
 * has not come to it yet.
 */
export async function requireNoOther(work: Work, about: Omit<LockedRequest, "request">): Promise<void> {
  const { version, target } = about;
  const other = await work.tx.promotionRequest.findFirst({
    where: { versionId: version.id, ...targetColumns(target), status: { in: ["OPEN", "APPROVED"] } },
  });
  if (!other) return;
  if (statusAt(other, work.at) === "EXPIRED") {
    await closeUnfit(work, { ...about, request: other }, { status: "EXPIRED", staleReasons: [] });
    return;
  }
  throw new AlreadyExistsError(
    mayRead(work.viewer, "PromotionRequest")
      ? `A request to promote the version to ${describeTarget(target)} is open already.`
      : "Such a request is open already.",
  );
}

interface Closing {
  readonly status: "EXPIRED" | "STALE";
  readonly staleReasons: readonly string[];
}

/** Writes that a request can no longer be executed, with the event. */
export async function closeUnfit(work: Work, locked: LockedRequest, { status, staleReasons }: Closing): Promise<void> {
  const data = { status, staleReasons: [...staleReasons], closedAt: work.at, checkedAt: work.at };
  await work.tx.promotionRequest.update({ where: { id: locked.request.id }, data, select: { id: true } });
  work.emit({
    ...aboutRequest(locked),
    type: status === "STALE" ? "promotion_request.outdated" : "promotion_request.expired",
    before: { status: locked.request.status },
    after: { status, ...(status === "STALE" ? { staleReasons } : {}) },
  });
}
