import { describe, expect, test } from "vitest";
import {
  endOfRun,
  IS_OVER,
  parseGitCommit,
  parseRunId,
  RUN_STATUSES,
  type RunTimes,
} from "../../../src/domain/tracking/run.js";
import { refusalOf } from "../../support/refusal.js";

describe("a run's id", () => {
  test.each(["0".repeat(32), "a", "Z9_-", "x".repeat(256)])("may be %s", (id) => {
    expect(parseRunId("input.runId", id)).toBe(id);
  });

  test.each(["", "-a", "_a", "a b", "a/b", "a:b", "é", "a\n", "x".repeat(257), "..", "a\u0000"])(
    "may not be %j",
    (id) => {
      expect(refusalOf(() => parseRunId("input.runId", id)).field).toBe("input.runId");
    },
  );
});

describe("a git commit", () => {
  test.each(["abcdef0", "ABCDEF0", "0".repeat(40), "F".repeat(64)])(
    "may be %s, and is kept in lower case",
    (commit) => {
      expect(parseGitCommit("input.gitCommit", commit)).toBe(commit.toLowerCase());
    },
  );

  test.each(["", "abcdef", "HEAD~1", "0".repeat(65), "abcdefg", "abcdef0\n"])("may not be %j", (commit) => {
    expect(refusalOf(() => parseGitCommit("input.gitCommit", commit)).field).toBe("input.gitCommit");
  });
});

test("the statuses of a run that has ended", () => {
  expect(RUN_STATUSES.filter((status) => IS_OVER[status])).toEqual(["FINISHED", "FAILED", "KILLED"]);
});

describe("the end of a run", () => {
  const at = (seconds: number) => new Date(seconds * 1_000);
  const times = (more: Partial<RunTimes>): RunTimes => ({
    status: "FINISHED",
    startedAt: at(10),
    given: null,
    known: null,
    now: at(20),
    ...more,
  });

  test("is what is given, else what is known, else now, but never before the start", () => {
    expect(endOfRun(times({ given: at(12), known: at(13) }))).toEqual(at(12));
    expect(endOfRun(times({ known: at(13) }))).toEqual(at(13));
    expect(endOfRun(times({}))).toEqual(at(20));
    expect(endOfRun(times({ startedAt: at(30) }))).toEqual(at(30));
  });

  test("does not exist while the run has not ended", () => {
    expect(endOfRun(times({ status: "RUNNING", known: at(13) }))).toBeNull();
    expect(refusalOf(() => endOfRun(times({ status: "RUNNING", given: at(13) })))).toEqual({
      field: "input.endedAt",
      message:
        "input.endedAt is allowed only for a run that has ended: set the status to FINISHED, FAILED or KILLED too.",
    });
  });

  test("is refused before the start, by the field that causes it", () => {
    expect(refusalOf(() => endOfRun(times({ given: at(9) }))).field).toBe("input.endedAt");
    expect(refusalOf(() => endOfRun(times({ startedAt: at(14), known: at(13) }))).field).toBe("input.startedAt");
  });
});
