import { endOfRun, IS_OVER, type RunStatus } from "../../domain/tracking/run.js";
import { findChanges } from "../../domain/values/fields.js";
import type { LockedRun } from "../../store/tracking/tracking-locks.js";
import { aboutRun } from "../across/tracking-lookup.js";
import type { Work } from "../command.js";
import type { RunFields } from "./run-fields.js";

interface RunChanges extends RunFields {
  readonly status?: RunStatus;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
}

/**
 * Writes what differs from the current run, and emits `run.finished` if the run ends by it, else `run.updated`. Throws
 * INVALID_INPUT if the times do not fit the status or each other.
 */
export async function changeRun(
  work: Work,
  run: LockedRun,
  { anyTimes, ...wanted }: RunChanges & { readonly anyTimes?: boolean | undefined },
): Promise<void> {
  const status = wanted.status ?? run.status;
  const endedAt = endOfRun({
    status,
    startedAt: wanted.startedAt ?? run.startedAt,
    given: wanted.endedAt ?? null,
    known: run.endedAt,
    now: work.at,
    anyTimes,
  });
  const changes = findChanges(run, { ...wanted, endedAt });
  if (!changes) return;
  const { columns, before, after } = changes;
  await work.tx.run.update({ where: { id: run.id }, data: columns, select: { id: true } });
  const ends = IS_OVER[status] && !IS_OVER[run.status];
  work.emit({ ...aboutRun(run), type: ends ? "run.finished" : "run.updated", before, after });
}
