import { describe, expect, test } from "vitest";
import { parseClientTime, parseKey } from "../../../src/domain/tracking/metric.js";
import { IS_OVER, parseGitCommit, parseRunId, RUN_STATUSES } from "../../../src/domain/tracking/run.js";
import { refusalOf } from "../../support/refusal.js";

describe("a run's id", () => {
  test.each(["0".repeat(32), "a", "Z9_-", "x".repeat(256)])("%s", (id) => {
    expect(parseRunId("input.runId", id)).toBe(id);
  });

  test.each(["", "-a", "_a", "a b", "a/b", "a:b", "é", "a\n", "x".repeat(257), "..", "a\u0000"])("is not %j", (id) => {
    expect(refusalOf(() => parseRunId("input.runId", id)).field).toBe("input.runId");
  });
});

describe("a commit", () => {
  test.each(["abcdef0", "ABCDEF0", "0".repeat(40), "F".repeat(64)])("%s, in lower case", (commit) => {
    expect(parseGitCommit("input.gitCommit", commit)).toBe(commit.toLowerCase());
  });

  test.each(["", "abcdef", "HEAD~1", "0".repeat(65), "abcdefg", "abcdef0\n"])("is not %j", (commit) => {
    expect(refusalOf(() => parseGitCommit("input.gitCommit", commit)).field).toBe("input.gitCommit");
  });
});

test("a run is over once it ended, however it did", () => {
  expect(RUN_STATUSES.filter((status) => IS_OVER[status])).toEqual(["FINISHED", "FAILED", "KILLED"]);
});

test("clients measure from 1970 on", () => {
  expect(parseClientTime("t", new Date(0))).toEqual(new Date(0));
  expect(refusalOf(() => parseClientTime("t", new Date(-1))).field).toBe("t");
});

test.each(["", " ", "a\nb", "a\u0000", "\ud800", "x".repeat(251)])("%j is no key of a param or metric", (key) => {
  expect(refusalOf(() => parseKey("k", key)).field).toBe("k");
});

test.each(["val/loss", "Fläche", "😀".repeat(250), " a"])("%j is a key", (key) => {
  expect(parseKey("k", key)).toBe(key);
});
