import { describe, expect, test } from "vitest";
import type { Reader } from "../../../src/domain/access/actor.js";
import type { Scope } from "../../../src/domain/access/scopes.js";
import { EVENT_TYPES, nounOf } from "../../../src/domain/events/event.js";
import { visibleSnapshot } from "../../../src/domain/events/event-snapshot.js";
import { mayDeliver, type VisibleColumns, visibleEvent } from "../../../src/domain/events/event-visibility.js";

function reader(scopes: readonly Scope[], claims: Partial<Omit<Reader, "scopes">> = {}): Reader {
  return { scopes: new Set(scopes), modelGlobs: null, experimentGlobs: null, environmentGlobs: null, ...claims };
}

const PLACE: VisibleColumns = { type: "", modelName: null, experimentName: null, environment: null };
const MODEL = { ...PLACE, modelName: "fraud" };
const PLACES: Readonly<Record<string, VisibleColumns>> = {
  model: MODEL,
  model_version: MODEL,
  alias: MODEL,
  check: MODEL,
  promotion: MODEL,
  promotion_request: MODEL,
  policy: PLACE,
  policy_change: PLACE,
  deployment: { ...MODEL, environment: "prod-eu" },
  experiment: { ...PLACE, experimentName: "tuning" },
  run: { ...PLACE, experimentName: "tuning" },
  logged_model: { ...PLACE, experimentName: "tuning" },
  dataset: PLACE,
  lineage: PLACE,
  webhook: PLACE,
};

function nounsSeen(by: Reader): string[] {
  const seen = EVENT_TYPES.filter((type) => mayDeliver(by, { ...(PLACES[nounOf(type)] ?? PLACE), type }));
  return [...new Set(seen.map(nounOf))];
}

const OF_MODELS = ["model", "model_version", "alias", "check", "promotion", "promotion_request"];
const OF_RUNS = ["experiment", "run", "logged_model", "dataset", "lineage"];
const BOTH = ["models:read", "runs:read"] as const;

test.each([
  [
    "models:read: models and where they run",
    reader(["models:read"]),
    [...OF_MODELS, "policy", "policy_change", "deployment"],
  ],
  ["runs:read: runs and data", reader(["runs:read"]), ["experiment", "run", "logged_model", "dataset"]],
  [
    "admin: everything but webhooks",
    reader(["admin"]),
    [...OF_MODELS, ...OF_RUNS, "policy", "policy_change", "deployment"],
  ],
  ["no scope that reads", reader(["models:write", "webhooks:write", "artifacts:read"]), []],
  ["a models claim that covers", reader(BOTH, { modelGlobs: ["fr*"] }), [...OF_MODELS, "deployment"]],
  ["a models claim that does not", reader(BOTH, { modelGlobs: ["churn"] }), []],
  ["no model at all", reader(BOTH, { modelGlobs: [] }), []],
  [
    "an experiments claim that covers: no data, which name no experiment",
    reader(BOTH, { experimentGlobs: ["tun*"] }),
    [...OF_MODELS, "policy", "policy_change", "experiment", "run", "logged_model", "deployment"],
  ],
  [
    "an experiments claim that does not",
    reader(BOTH, { experimentGlobs: ["x"] }),
    [...OF_MODELS, "policy", "policy_change", "deployment"],
  ],
  [
    "both claims",
    reader(BOTH, { modelGlobs: ["x"], experimentGlobs: ["tuning"] }),
    ["experiment", "run", "logged_model"],
  ],
  [
    "an environments claim that covers",
    reader(["models:read"], { environmentGlobs: ["prod-*"] }),
    [...OF_MODELS, "policy", "policy_change", "deployment"],
  ],
  [
    "an environments claim that does not",
    reader(["models:read"], { environmentGlobs: ["dev"] }),
    [...OF_MODELS, "policy", "policy_change"],
  ],
])("%s", (_name, by, nouns) => {
  expect(nounsSeen(by).sort()).toEqual([...nouns].sort());
});

test("an event that does not say what it is about is told to nobody who is narrowed", () => {
  const narrowed = reader(["admin"], { modelGlobs: ["*"], experimentGlobs: ["*"], environmentGlobs: ["*"] });
  expect(EVENT_TYPES.filter((type) => mayDeliver(narrowed, { ...PLACE, type }))).toEqual([]);
  expect(mayDeliver(reader(["admin"]), { ...MODEL, type: "unheard.of" })).toBe(false);
});

describe("a snapshot", () => {
  test("holds a source for artifacts:read alone", () => {
    const snapshot = { source: "s3://secret/1", digest: "d" };
    for (const type of ["model_version.created", "dataset.registered"]) {
      expect(visibleSnapshot(reader(BOTH), type, snapshot)).toEqual({ digest: "d" });
      expect(visibleSnapshot(reader(["artifacts:read"]), type, snapshot)).toEqual(snapshot);
    }
    expect(visibleSnapshot(reader(BOTH), "run.created", { source: "train.py" })).toEqual({ source: "train.py" });
    expect(visibleSnapshot(reader(BOTH), "model.deleted", null)).toBeNull();
  });

  test("names a version's run to whoever may see it", () => {
    const shown = (by: Reader) => visibleSnapshot(by, "model_version.created", { runId: "r" });
    expect(shown(reader(BOTH))).toEqual({ runId: "r" });
    expect(shown(reader(BOTH, { modelGlobs: ["fraud"] })), "its versions may be deleted since").toEqual({});
    expect(shown(reader(["models:read"]))).toEqual({});
    expect(shown(reader(BOTH, { experimentGlobs: ["other"] }))).toEqual({});
  });

  test("does not tell the other name of a rename to whom it is hidden", () => {
    const of = (noun: string, claims: Partial<Omit<Reader, "scopes">>) =>
      visibleSnapshot(reader(BOTH, claims), `${noun}.renamed`, { name: "secret-project", description: "d" });
    expect(of("model", { modelGlobs: ["fraud"] })).toEqual({ description: "d" });
    expect(of("model", { modelGlobs: ["secret-*"] })).toEqual({ name: "secret-project", description: "d" });
    expect(of("experiment", { experimentGlobs: ["tuning"] })).toEqual({ description: "d" });
    expect(of("run", { experimentGlobs: ["tuning"] }), "a run's name is its own").toHaveProperty("name");
  });

  test("names no versions among what a run read to a token that is narrowed to models", () => {
    const inputs = [
      { kind: "DATASET", id: "1", context: "" },
      { kind: "MODEL_VERSION", id: "2", context: "" },
    ];
    const shown = (by: Reader) => visibleSnapshot(by, "run.inputs_logged", { inputs })?.inputs;
    expect(shown(reader(BOTH))).toEqual(inputs);
    expect(shown(reader(["runs:read"]))).toEqual([inputs[0]]);
    expect(shown(reader(BOTH, { modelGlobs: ["fraud"], experimentGlobs: ["*"] }))).toEqual([inputs[0]]);
  });
});

test("a reader's condition is built once for all events under the same rule", () => {
  const [by, other] = [reader(BOTH, { modelGlobs: ["fraud"] }), reader(BOTH, { modelGlobs: ["churn"] })];
  const built = visibleEvent(by, "run.created");
  expect(visibleEvent(by, "run.finished")).toBe(built);
  expect(visibleEvent(by, "model.created")).toBe(visibleEvent(by, "alias.set"));
  expect(visibleEvent(by, "model.created")).not.toEqual(visibleEvent(other, "model.created"));
  expect(visibleEvent(by, "model.created")).toEqual(visibleEvent({ ...by }, "model.created"));
});
