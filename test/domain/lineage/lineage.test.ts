import { expect, test } from "vitest";
import {
  fromNodeKey,
  kindOfEdge,
  LINEAGE_NODE_KINDS,
  parseContext,
  toNodeKey,
} from "../../../src/domain/lineage/lineage.js";
import { refusalOf } from "../../support/refusal.js";

test("the kind of an edge follows from its ends", () => {
  const table = LINEAGE_NODE_KINDS.flatMap((from) =>
    LINEAGE_NODE_KINDS.map((to) => `${from} → ${to}: ${kindOfEdge(from, to)}`),
  );
  expect(table.filter((line) => !line.startsWith("DEPLOYMENT")).join("\n")).toMatchInlineSnapshot(`
    "DATASET → DATASET: DERIVED
    DATASET → RUN: INPUT
    DATASET → LOGGED_MODEL: DERIVED
    DATASET → MODEL_VERSION: DERIVED
    DATASET → DEPLOYMENT: DEPLOYMENT
    RUN → DATASET: OUTPUT
    RUN → RUN: DERIVED
    RUN → LOGGED_MODEL: OUTPUT
    RUN → MODEL_VERSION: OUTPUT
    RUN → DEPLOYMENT: DEPLOYMENT
    LOGGED_MODEL → DATASET: DERIVED
    LOGGED_MODEL → RUN: INPUT
    LOGGED_MODEL → LOGGED_MODEL: DERIVED
    LOGGED_MODEL → MODEL_VERSION: REGISTRATION
    LOGGED_MODEL → DEPLOYMENT: DEPLOYMENT
    MODEL_VERSION → DATASET: DERIVED
    MODEL_VERSION → RUN: INPUT
    MODEL_VERSION → LOGGED_MODEL: DERIVED
    MODEL_VERSION → MODEL_VERSION: DERIVED
    MODEL_VERSION → DEPLOYMENT: DEPLOYMENT"
  `);
});

test.each(LINEAGE_NODE_KINDS)("the key of a %s names its kind and id", (kind) => {
  const node = { kind, id: "0198c0de" };
  expect(fromNodeKey(toNodeKey(node))).toEqual(node);
});

test("other texts are not keys of nodes", () => {
  expect(() => fromNodeKey("X0198c0de")).toThrow("Not a lineage node: X0198c0de");
});

test("an absent context is an empty text", () => {
  expect([undefined, null, "training"].map((given) => parseContext("c", given))).toEqual(["", "", "training"]);
  expect(refusalOf(() => parseContext("c", " ")).field).toBe("c");
  expect(refusalOf(() => parseContext("c", "x".repeat(256))).message).toContain("at most 255");
});
