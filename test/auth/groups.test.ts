import { describe, expect, test } from "vitest";
import { createTokenVerifier } from "../../src/auth/token-verifier.js";
import { CLAIMS, outcome, settings, sign, verifier } from "./token-fixture.js";

async function groupsOf(claims: Record<string, unknown>, groupsClaim?: string) {
  const by = createTokenVerifier({ ...settings, groupsClaim });
  return (await by.verify(await sign({ ...CLAIMS, ...claims }))).groups;
}
const refusal = async (groups: unknown) => outcome(await sign({ ...CLAIMS, groups }));
const many = (length: number) => Array.from({ length }, (_, i) => `g${i}`);

describe("the groups of a token", () => {
  test.each<[string, unknown, readonly string[]]>([
    ["a list, in its order", ["b", "a", "/ml/readers"], ["b", "a", "/ml/readers"]],
    ["a list with doubles", ["a", "b", "a", "A"], ["a", "b", "A"]],
    ["a text", "ml", ["ml"]],
    ["a text with blanks and commas", "CN=ml readers,OU=x", ["CN=ml readers,OU=x"]],
    ["an empty list", [], []],
    ["an empty text", "", []],
    ["null", null, []],
    ["as many as are allowed", many(200), many(200)],
    ["names as long as is allowed", ["x".repeat(256), "😀".repeat(256)], ["x".repeat(256), "😀".repeat(256)]],
  ])("%s", async (_, claim, groups) => {
    expect(await groupsOf({ groups: claim })).toEqual(groups);
  });

  test("are none without the claim, and frozen", async () => {
    expect(await groupsOf({ roles: ["a"] })).toEqual([]);
    expect([await groupsOf({}), await groupsOf({ groups: ["a"] }), await groupsOf({ groups: "a" })]).toSatisfy(
      (lists: unknown[]) => lists.every(Object.isFrozen),
    );
  });

  test("are read at the path that the settings name, and nowhere else", async () => {
    const claims = { groups: ["a"], realm: { groups: ["b"] }, "https://acme.example/groups": "c" };
    expect(await groupsOf(claims, "realm.groups")).toEqual(["b"]);
    expect(await groupsOf(claims, "https://acme.example/groups")).toEqual(["c"]);
    expect(await groupsOf(claims, "team")).toEqual([]);
    expect(await groupsOf(claims, "constructor.name")).toEqual([]);
  });

  test("give no scope", async () => {
    const viewer = await verifier.verify(await sign({ ...CLAIMS, groups: ["admin", "models:write"] }));
    expect([...viewer.scopes]).toEqual(["models:read"]);
  });
});

test("a claim that cannot be read as groups refuses the token", async () => {
  const claims: [string, unknown][] = [
    ["a number", 7],
    ["false", false],
    ["an object", { ml: true }],
    ["a list with a number", ["a", 1]],
    ["a list with null", [null]],
    ["a list of lists", [["a"]]],
    ["a blank text", " "],
    ["a list with an empty text", ["a", ""]],
    ["a list with a line break", ["a\nb"]],
    ["a list with U+0000", ["a\u0000"]],
    ["a long text", "x".repeat(257)],
    ["a list with a long text", ["a", "x".repeat(257)]],
    ["too many", many(201)],
    ["too many of one name", Array.from({ length: 201 }, () => "a")],
  ];
  const sentences = await Promise.all(claims.map(async ([what, claim]) => `${what}:\n  ${await refusal(claim)}`));
  expect(sentences.join("\n")).toMatchInlineSnapshot(`
    "a number:
      UNAUTHENTICATED: The token's groups claim must be an array of strings or a string.
    false:
      UNAUTHENTICATED: The token's groups claim must be an array of strings or a string.
    an object:
      UNAUTHENTICATED: The token's groups claim must be an array of strings or a string.
    a list with a number:
      UNAUTHENTICATED: The token's groups claim must be an array of strings or a string.
    a list with null:
      UNAUTHENTICATED: The token's groups claim must be an array of strings or a string.
    a list of lists:
      UNAUTHENTICATED: The token's groups claim must be an array of strings or a string.
    a blank text:
      UNAUTHENTICATED: The token's groups claim must not be blank.
    a list with an empty text:
      UNAUTHENTICATED: The token's groups[1] must not be blank.
    a list with a line break:
      UNAUTHENTICATED: The token's groups[0] must not contain control characters.
    a list with U+0000:
      UNAUTHENTICATED: The token's groups[0] must not contain the character U+0000.
    a long text:
      UNAUTHENTICATED: The token's groups claim has 257 characters; at most 256 are allowed.
    a list with a long text:
      UNAUTHENTICATED: The token's groups[1] has 257 characters; at most 256 are allowed.
    too many:
      UNAUTHENTICATED: The token's groups claim has 201 groups; at most 200 are allowed. Let the issuer write only those that this registry needs.
    too many of one name:
      UNAUTHENTICATED: The token's groups claim has 201 groups; at most 200 are allowed. Let the issuer write only those that this registry needs."
  `);
});

test("the refusal is counted as one of the claims", async () => {
  const refused = verifier.verify(await sign({ ...CLAIMS, groups: 7 }));
  await expect(refused).rejects.toMatchObject({ code: "UNAUTHENTICATED", reason: "claims" });
});
