import { expect, test } from "vitest";
import { toViewer } from "../../src/auth/viewer-claims.js";

const CLAIMS = { iss: "https://i", sub: "repo:acme/fraud", exp: 4_000_000_000 };

const recorded = (claims: object, recordClaims?: readonly string[]) =>
  toViewer({ ...CLAIMS, ...claims }, { recordClaims }).recordedClaims;

test("texts, numbers and booleans are recorded by their paths, and nothing else", () => {
  const claims = {
    actor: "ada",
    run_id: 12,
    ref_protected: true,
    "kubernetes.io": { pod: { name: "p" } },
    list: ["a"],
    object: { a: 1 },
    nothing: null,
    unasked: "x",
  };
  const paths = ["actor", "run_id", "ref_protected", "kubernetes.io.pod.name", "list", "object", "nothing", "missing"];
  expect(recorded(claims, paths)).toEqual({
    actor: "ada",
    run_id: 12,
    ref_protected: true,
    "kubernetes.io.pod.name": "p",
  });
});

test("without settings or without such claims there is no key", () => {
  expect(toViewer({ ...CLAIMS, actor: "ada" })).not.toHaveProperty("recordedClaims");
  expect(toViewer({ ...CLAIMS }, { recordClaims: ["actor"] })).not.toHaveProperty("recordedClaims");
});

test("a long text is cut at 256 characters, and what cannot be stored is left out", () => {
  expect(recorded({ a: "x".repeat(256) }, ["a"])).toEqual({ a: "x".repeat(256) });
  expect(recorded({ a: "x".repeat(100_000) }, ["a"])).toEqual({ a: `${"x".repeat(255)}…` });
  expect(recorded({ a: "😀".repeat(256) }, ["a"])).toEqual({ a: "😀".repeat(256) });
  expect(recorded({ a: "😀".repeat(257) }, ["a"])).toEqual({ a: `${"😀".repeat(255)}…` });
  expect(recorded({ a: "\u0000", b: "\ud800", c: "c" }, ["a", "b", "c"])).toEqual({ c: "c" });
});

test("what would be written changed, or could drive a terminal, is left out", () => {
  const claims = {
    big: 2 ** 53 + 2,
    endless: Number.POSITIVE_INFINITY,
    half: 0.5,
    color: "\u001b[31mx",
    lines: "a\nb",
  };
  expect(recorded(claims, Object.keys(claims))).toEqual({ half: 0.5 });
});
