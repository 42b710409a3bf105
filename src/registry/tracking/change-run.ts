import { ConflictError, InvalidInputError } from "../../domain/errors.js";
import { IS_OVER, type RunStatus } from "../../domain/tracking/run.js";
import type { JsonValue } from "../../domain/values/json.js";
import type { LockedRun } from "../../store/tracking/tracking-locks.js";
import { aboutRun } from "../across/tracking-lookup.js";
import type { Work } from "../command.js";
import type { RunFields } from "./run-fields.js";

export interface RunChanges extends RunFields {
  readonly status?: RunStatus;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
}

/** Writes what differs from what is there, and tells of it: as the run's end, if that is what it is. */
export async function changeRun(work: Work, run: LockedRun, wanted: RunChanges): Promise<void> {
  const changes = changesOf(run, withTimes(work, run, wanted));
  if (Object.keys(changes).length === 0) return;
  await work.tx.run.update({ where: { id: run.id }, data: changes, select: { id: true } });
  const before = Object.fromEntries(Object.keys(changes).map((key) => [key, toJson(run[key as keyof RunChanges])]));
  const after = Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, toJson(value)]));
  const ends = changes.status !== undefined && IS_OVER[changes.status] && !IS_OVER[run.status];
  work.emit({ ...aboutRun(run), type: ends ? "run.finished" : "run.updated", before, after });
}

type Change = RunFields & { status?: RunStatus; startedAt?: Date; endedAt?: Date | null };

/** A run has an end if, and only if, it is over. */
function withTimes(work: Work, run: LockedRun, wanted: RunChanges): Change {
  const status = wanted.status ?? run.status;
  const startedAt = wanted.startedAt ?? run.startedAt;
  if (!IS_OVER[status]) {
    if (!wanted.endedAt) return { ...wanted, endedAt: null };
    throw new InvalidInputError("input.endedAt", `input.endedAt goes with a run that is over; this one is ${status}.`);
  }
  const now = new Date(Math.max(work.at.getTime(), startedAt.getTime()));
  const endedAt = wanted.endedAt ?? run.endedAt ?? now;
  if (endedAt >= startedAt) return { ...wanted, endedAt };
  const field = wanted.endedAt ? "input.endedAt" : "input.startedAt";
  throw new InvalidInputError(field, "A run does not end before it starts.");
}

function changesOf(run: LockedRun, wanted: Change): Change {
  const changed = Object.entries(wanted).filter(([key, value]) => toJson(value) !== toJson(run[key as keyof Change]));
  return Object.fromEntries(changed);
}

function toJson(value: string | Date | null | undefined): JsonValue {
  return value instanceof Date ? value.toISOString() : (value ?? null);
}

export function requireOpen(run: LockedRun, status: RunStatus): void {
  if (!IS_OVER[run.status] || run.status === status) return;
  throw new ConflictError(`The run is ${run.status} already.`, { field: "input.status", status: run.status });
}
