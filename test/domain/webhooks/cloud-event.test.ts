import { expect, test } from "vitest";
import type { Reader } from "../../../src/domain/access/actor.js";
import { type LoggedEvent, toCloudEvent } from "../../../src/domain/webhooks/cloud-event.js";

const LOG = "11111111-1111-4111-8111-111111111111";
const READER: Reader = {
  scopes: new Set(["models:read"]),
  modelGlobs: null,
  experimentGlobs: null,
  environmentGlobs: null,
};

function logged(after: object): LoggedEvent {
  return {
    id: "e",
    revision: 7n,
    at: new Date(0),
    type: "model_version.created",
    body: JSON.stringify({ before: null, after }),
    hash: new Uint8Array(32),
    actorIssuer: "i",
    actorSubject: "s",
    actorName: null,
    actorKind: "USER",
    commitId: "c",
    commitSize: 1,
    commitIndex: 0,
    subjectType: "ModelVersion",
    subjectId: "v",
    modelId: "m",
    modelName: "fraud",
    versionId: "v",
    versionNumber: 3,
    fromStage: null,
    toStage: null,
    alias: null,
    experimentId: null,
    experimentName: null,
    environment: null,
  };
}

test("a restricted field is left out", () => {
  const { data } = JSON.parse(toCloudEvent(logged({ source: "s3://secret/1", digest: "d" }), LOG, READER));
  expect(data.after).toEqual({ digest: "d" });
  expect(data.modelVersion.number).toBe(3);
});

test("the reason of an alias's move is there", () => {
  const event = { ...logged({ number: 3, reason: "Better." }), type: "alias.set", alias: "champion" };
  const { data } = JSON.parse(toCloudEvent(event, LOG, READER));
  expect(data).toMatchObject({ alias: "champion", after: { number: 3, reason: "Better." } });
});

test("a very large event has no snapshots, and is marked as truncated", () => {
  const text = toCloudEvent(logged({ tags: [{ key: "k", value: "x".repeat(300_000) }] }), LOG, READER);
  const { data } = JSON.parse(text);
  expect(text.length).toBeLessThan(2_000);
  expect(data).toMatchObject({ revision: 7, truncated: true, model: { name: "fraud" } });
  expect(data).not.toHaveProperty("after");
});
