import { expect, test } from "vitest";
import { createSecret, parseSecret, signatureHeaders } from "../../src/webhooks/signature.js";

/** The test vector of the specification's reference libraries. */
const VECTOR = {
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  at: new Date(1_614_265_330_000),
  body: '{"test": 2432232314}',
};
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

test("a message is signed as in the Standard Webhooks specification's public test vector", () => {
  expect(signatureHeaders({ ...VECTOR, secrets: [SECRET] })).toEqual({
    "webhook-id": VECTOR.id,
    "webhook-timestamp": "1614265330",
    "webhook-signature": SIGNATURE,
  });
});

test("during a rotation both secrets sign, the new one first", () => {
  const signatures = signatureHeaders({ ...VECTOR, secrets: [createSecret(), SECRET] })["webhook-signature"];
  expect(signatures?.split(" ")).toEqual([expect.stringMatching(/^v1,[\w+/]{43}=$/), SIGNATURE]);
});

test("generated secrets have 32 bytes, supplied ones 24 to 64", () => {
  const made = createSecret();
  expect(parseSecret("s", made)).toBe(made);
  expect(Buffer.from(made.slice(6), "base64")).toHaveLength(32);
  expect(parseSecret("s", SECRET)).toBe(SECRET);
  const ofBytes = (count: number) => `whsec_${Buffer.alloc(count, 7).toString("base64")}`;
  expect(parseSecret("s", ofBytes(64))).toBe(ofBytes(64));
  for (const wrong of ["", "whsec_", SECRET.slice(6), ofBytes(23), ofBytes(65), `${SECRET} `, `${SECRET}!`]) {
    expect(() => parseSecret("input.secret", wrong)).toThrow("input.secret must be whsec_ and the base64 of 24 to 64");
  }
});
