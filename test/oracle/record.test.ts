import { expect, test } from "vitest";
import { checkRecord, type LogRow, type Message, type Segment } from "./record.js";

const NOTHING = { type: "model.tag_set", fromStage: null, toStage: null, alias: null };
const row = (
  revision: number,
  modelName: string,
  commitId = `c${revision}`,
  [commitIndex, commitSize] = [0, 1],
): LogRow => ({
  ...NOTHING,
  revision,
  modelName,
  commitId,
  commitIndex,
  commitSize,
});
/** The third and the fourth event are of one transaction. All but the second and the sixth are wanted. */
const TABLE = [
  row(1, "m"),
  row(2, "n"),
  row(3, "m", "both", [0, 2]),
  row(4, "m", "both", [1, 2]),
  row(5, "m"),
  row(6, "n"),
];
const wants = ({ modelName }: LogRow) => modelName === "m";

const event = (revision: number): Message => ({ revision, isEvent: true });
const bookmark = (revision: number): Message => ({ revision, isEvent: false });
const stream = (start: number, ...messages: Message[]): Segment => ({
  start,
  isAnew: false,
  messages: [bookmark(start), ...messages],
});
const check = (...segments: Segment[]) => checkRecord(TABLE, wants, segments, 6);

test.each([
  ["in one stream", [stream(0, event(1), event(3), event(4), event(5), bookmark(6))]],
  [
    "broken off and resumed",
    [stream(0, event(1), event(3)), stream(3, event(4), bookmark(4)), stream(4, event(5), bookmark(6))],
  ],
  ["started over after a compaction", [stream(0, event(1)), { ...stream(4, event(5), bookmark(6)), isAnew: true }]],
])("a complete record has no fault: %s", (_name, segments) => {
  expect(check(...segments)).toEqual({ lost: 0, doubled: 0, faults: [] });
});

test.each<[string, Segment[], { lost?: number; doubled?: number; faults: string[] }]>([
  [
    "a missing event",
    [stream(0, event(1), event(4), event(5), bookmark(6))],
    { lost: 1, faults: ["reliable: 3 was not received"] },
  ],
  [
    "a bookmark that skips an event",
    [stream(0, event(1), event(3), event(4), bookmark(6))],
    { lost: 1, faults: ["reliable: 5 was not received"] },
  ],
  ["a missing end", [stream(0, event(1), event(3), event(4))], { lost: 1, faults: ["reliable: 5 was not received"] }],
  [
    "an event twice on one stream",
    [stream(0, event(1), event(1), event(3), event(4), event(5), bookmark(6))],
    { doubled: 1, faults: ["ordered: 1 came after 1", "unique: 1 was received 2 times"] },
  ],
  [
    "an event twice across a resume",
    [stream(0, event(1), event(3)), stream(1, event(3), event(4), event(5), bookmark(6))],
    { doubled: 1, faults: ["resumable: 1 started at 1, not at 3", "unique: 3 was received 2 times"] },
  ],
  [
    "a resume that starts too late",
    [stream(0, event(1), event(3)), stream(4, event(5), bookmark(6))],
    { lost: 1, faults: ["resumable: 1 started at 4, not at 3", "reliable: 4 was not received"] },
  ],
  [
    "events out of order",
    [stream(0, event(1), event(4), event(3), event(5), bookmark(6))],
    { faults: ["ordered: 3 came after 4"] },
  ],
  [
    "an event that was not wanted",
    [stream(0, event(1), event(2), event(3), event(4), event(5), bookmark(6))],
    { faults: ["filtered: 2 was not wanted"] },
  ],
  [
    "a transaction in parts",
    [stream(0, event(1), event(3), event(5), event(4), bookmark(6))],
    { faults: ["ordered: 4 came after 5", "atomic: both came in parts"] },
  ],
  [
    "a stream without a bookmark at its start",
    [{ start: 0, isAnew: false, messages: [event(1), event(3), event(4), event(5), bookmark(6)] }],
    { faults: ["bookmarkable: 0 did not begin with a bookmark"] },
  ],
])("%s is found", (_name, segments, verdict) => {
  expect(check(...segments)).toEqual({ lost: 0, doubled: 0, ...verdict });
});
