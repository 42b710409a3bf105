import { expect, test } from "vitest";
import { CSV } from "../../../src/cli/report/csv.js";
import { JSON_LINES } from "../../../src/cli/report/json-lines.js";
import { MARKDOWN } from "../../../src/cli/report/markdown.js";
import type { ReportHead } from "../../../src/cli/report/report-format.js";
import { durationText } from "../../../src/cli/report/report-text.js";
import type { ReportedPromotion } from "../../../src/domain/reports/reported-promotion.js";

/** Everywhere that a user's text can be. */
const EVIL = `=HYPERLINK("http://evil.example")\n\n# <img src=x onerror=alert(1)> [x](http://evil.example) \`|\` \u202e`;
const ACTOR = { issuer: EVIL, subject: EVIL, name: EVIL, kind: "USER" } as const;
const AT = new Date("2026-11-30T08:00:00Z");
const ID = "01a22cb6-2b33-775f-aa64-de918949629d";

const PROMOTION: ReportedPromotion = {
  revision: 17n,
  eventId: ID,
  at: AT,
  modelId: ID,
  modelName: EVIL,
  currentModelName: `${EVIL}!`,
  isModelDeleted: false,
  versionId: ID,
  versionNumber: 2,
  isVersionDeleted: false,
  digest: EVIL,
  stage: null,
  alias: EVIL,
  fromStage: null,
  previousVersionNumber: 1,
  heldBefore: true,
  actor: ACTOR,
  reason: EVIL,
  decision: {
    policies: [{ name: EVIL, revision: 1, mode: "ENFORCE" }],
    isRollback: false,
    overrideReason: EVIL,
    overrideReview: {
      reviewer: { issuer: EVIL, subject: EVIL, name: EVIL, kind: "USER" },
      at: new Date(0),
      comment: EVIL,
    },
    onBehalfOf: { issuer: EVIL, subject: EVIL, name: EVIL, kind: "MACHINE" },
    rules: [
      {
        policy: EVIL,
        revision: 1,
        mode: "ENFORCE",
        position: 1,
        kind: "approvals",
        requirement: EVIL,
        status: "FAILED",
        explanation: EVIL,
        satisfy: EVIL,
        evidence: [{ kind: "APPROVAL", summary: EVIL, author: ACTOR }],
      },
    ],
  },
  request: {
    id: ID,
    requestedBy: ACTOR,
    reason: EVIL,
    createdAt: AT,
    round: 2,
    reviews: [{ verdict: "REJECT", reviewer: ACTOR, comment: EVIL, at: AT, round: 1 }],
  },
  runId: EVIL,
  metrics: [
    {
      key: EVIL,
      datasetDigest: EVIL,
      recorded: { version: Number.NaN, previous: Number.NEGATIVE_INFINITY },
      current: { version: 0.1, previous: null },
    },
  ],
  datasets: [{ name: EVIL, digest: EVIL, context: EVIL }],
  served: { from: AT, until: new Date("2026-12-01T09:00:00Z"), seconds: 90_000 },
  left: { revision: 18n, at: AT, toStage: null, reason: EVIL, actor: ACTOR },
  next: { revision: 18n, at: AT, versionNumber: 1, heldBefore: true },
  proof: { state: "LOG", hash: "ab".repeat(32) },
  notes: ["A note."],
};

const HEAD: ReportHead = {
  logId: ID,
  madeAt: AT,
  filter: { models: [EVIL], aliases: [EVIL] },
  revision: 20n,
  hash: "cd".repeat(32),
  at: AT,
  compactedRevision: 3n,
};

test("in Markdown whatever users wrote stands in code spans, on lines of its own", () => {
  const lines = [...MARKDOWN.head(HEAD), ...MARKDOWN.promotion(PROMOTION), ...MARKDOWN.end(1)];
  expect(lines.filter((line) => /[\r\n]/.test(line))).toEqual([]);
  expect(lines.filter((line) => line.startsWith("#"))).toHaveLength(2);
  const outside = lines.map((line) => line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, "")).join("\n");
  expect(outside).not.toMatch(/evil|HYPERLINK|img|<|\]\(/);
  expect(lines.join("\n")).not.toContain("\u202e");
});

test("in CSV every record is one line of as many cells, none of which is a formula", () => {
  const [names = "", ...others] = CSV.head(HEAD);
  const [record = "", ...more] = CSV.promotion(PROMOTION);
  expect([others, more]).toEqual([[], []]);
  const cells = (line: string) => [...line.matchAll(/"((?:[^"]|"")*)"(?:,|\r$)/g)].map(([, cell = ""]) => cell);
  expect(cells(record)).toHaveLength(cells(names).length);
  expect(record.slice(0, -1)).not.toMatch(/[\r\n]/);
  expect(record.endsWith("\r")).toBe(true);
  for (const cell of cells(record)) expect(cell).not.toMatch(/^\s*[=+\-@]/);
});

test("in JSON every line is a document, texts are exact, and the last line has the number of promotions", () => {
  const [head, promotion, end] = [JSON_LINES.head(HEAD), JSON_LINES.promotion(PROMOTION), JSON_LINES.end(1)].map(
    ([line = "", ...more]) => {
      expect(more).toEqual([]);
      return JSON.parse(line);
    },
  );
  expect(head).toMatchObject({ format: "shelfmark-promotion-report-v1", head: { revision: 20 }, compactedRevision: 3 });
  expect(promotion).toMatchObject({
    revision: 17,
    reason: EVIL,
    at: AT.toISOString(),
    decision: { rules: [{ kind: "APPROVALS" }] },
    metrics: [{ recorded: { version: "NaN", previous: "-Infinity" } }],
  });
  expect(end).toEqual({ end: true, promotions: 1 });
});

test.each([
  [0.26, "0.3 seconds"],
  [59, "59 seconds"],
  [3_725, "1 hour 2 minutes"],
  [90_000, "1 day 1 hour"],
  [86_401, "1 day 1 second"],
])("%d s is %s", (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
