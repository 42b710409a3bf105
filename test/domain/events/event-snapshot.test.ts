import { afterEach, describe, expect, test } from "vitest";
import type { Reader } from "../../../src/domain/access/actor.js";
import { FIELD_SCOPE, type Scope } from "../../../src/domain/access/scopes.js";
import { composeEvents, EVENT_TYPES, type EventDraft, nounOf } from "../../../src/domain/events/event.js";
import { visibleSnapshot } from "../../../src/domain/events/event-snapshot.js";
import { SNAPSHOT_FIELDS } from "../../../src/domain/events/snapshot-fields.js";
import type { JsonObject } from "../../../src/domain/values/json.js";
import { type LoggedEvent, toCloudEvent } from "../../../src/domain/webhooks/cloud-event.js";
import { WRITER } from "../../support/writer.js";

function reader(...scopes: Scope[]): Reader {
  return { scopes: new Set(scopes), modelGlobs: null, experimentGlobs: null, environmentGlobs: null };
}

const READS = reader("models:read", "runs:read");
const guards = FIELD_SCOPE as Record<string, Scope>;

/** Every key that events of the noun hold. */
function wholeSnapshot(noun: keyof typeof SNAPSHOT_FIELDS): JsonObject {
  return Object.fromEntries(Object.keys(SNAPSHOT_FIELDS[noun]).map((key) => [key, `the ${key}`]));
}

describe("the scope that guards a field of the schema hides it in every event that holds it", () => {
  afterEach(() => {
    delete guards["ModelVersion.digest"];
  });

  const held = Object.entries(SNAPSHOT_FIELDS).flatMap(([noun, fields]) =>
    Object.entries(fields).flatMap(([key, field]) =>
      field && guards[field] ? [{ noun, key, scope: guards[field] }] : [],
    ),
  );

  test("versions, experiments, runs, logged models and datasets hold guarded fields", () => {
    expect(held.map(({ noun, key }) => `${noun} ${key}`)).toEqual([
      "model_version source",
      "experiment artifactRoot",
      "run artifactUri",
      "logged_model artifactUri",
      "dataset source",
      "dataset sourceText",
    ]);
  });

  test.each(EVENT_TYPES)("%s", (type) => {
    const noun = nounOf(type);
    const without = visibleSnapshot(READS, type, wholeSnapshot(noun as keyof typeof SNAPSHOT_FIELDS)) ?? {};
    for (const { key } of held.filter((each) => each.noun === noun)) expect(without).not.toHaveProperty(key);
    for (const { key, scope } of held.filter((each) => each.noun === noun)) {
      expect(visibleSnapshot(reader("models:read", scope), type, { [key]: "x" })).toEqual({ [key]: "x" });
    }
  });

  test("a guard that is added hides the field without another line of code", () => {
    const created = { digest: "sha256:1", description: "d" };
    expect(visibleSnapshot(READS, "model_version.created", created)).toEqual(created);
    guards["ModelVersion.digest"] = "artifacts:read";
    expect(visibleSnapshot(READS, "model_version.created", created)).toEqual({ description: "d" });
    expect(webhookBody(READS, created)).toEqual({ description: "d" });
    expect(webhookBody(reader("models:read", "artifacts:read"), created)).toEqual(created);
  });
});

function webhookBody(by: Reader, after: JsonObject): unknown {
  const [row] = composeEvents([{ ...CREATED, after }], OCCASION);
  if (!row) throw new Error("Nothing was composed.");
  const body = `${row.head}${row.at}${row.middle}1${row.tail}`;
  const event = { ...row, at: OCCASION.at, revision: 1n, body, hash: new Uint8Array(32) };
  const logged: LoggedEvent = { ...event, commitSize: 1, commitIndex: 0 };
  return (JSON.parse(toCloudEvent(logged, "00000000-0000-0000-0000-000000000000", by)) as { data: { after: unknown } })
    .data.after;
}

const CREATED: EventDraft = {
  id: "00000000-0000-0000-0000-000000000001",
  type: "model_version.created",
  model: { id: "00000000-0000-0000-0000-000000000002", name: "fraud" },
  version: { id: "00000000-0000-0000-0000-000000000003", number: 1 },
};
const OCCASION = {
  actor: WRITER.actor,
  tokenId: null,
  requestId: "request",
  at: new Date("2026-01-01T00:00:00Z"),
  commitId: "00000000-0000-0000-0000-000000000004",
};

test("whoever wrote a source reads it back in the event of that change, and no one else without the scope", () => {
  const after = { source: "s3://bucket/1", digest: "sha256:1" };
  expect(visibleSnapshot(READS, "model_version.created", after, true)).toEqual(after);
  expect(visibleSnapshot(READS, "model_version.created", after, false)).toEqual({ digest: "sha256:1" });
});

test("a key that no table describes is written by no command, and shown to tokens without limits only", () => {
  expect(() => composeEvents([{ ...CREATED, after: { password: "x" } }], OCCASION)).toThrow(
    'model_version.created holds "password", which domain/events/snapshot-fields.ts does not describe.',
  );
  const held = { password: "x", digest: "d" };
  expect(visibleSnapshot(reader("admin"), "model_version.created", held)).toEqual(held);
  expect(visibleSnapshot({ ...reader("admin"), modelGlobs: ["*"] }, "model_version.created", held)).toEqual({
    digest: "d",
  });
  expect(visibleSnapshot(READS, "invoice.paid", { amount: 1 })).toEqual({});
});
