import { afterEach, expect, test, vi } from "vitest";
import { discoverIssuer } from "../../src/auth/discovery.js";
import { followMetadata } from "../../src/auth/issuer-metadata.js";

afterEach(() => void vi.unstubAllGlobals());

const ISSUER = "https://login.example";

function answerWith(document: object): void {
  vi.stubGlobal("fetch", async () => Response.json(document));
}

const discover = () => discoverIssuer(ISSUER, new AbortController().signal);

test("an issuer on another machine names nothing on this one", async () => {
  answerWith({ issuer: ISSUER, jwks_uri: "https://login.example/keys", token_endpoint: "https://127.0.0.1/token" });
  await expect(discover()).resolves.toMatchObject({ jwks_uri: "https://login.example/keys" });
  answerWith({ issuer: ISSUER, jwks_uri: "http://127.0.0.1:8080/keys" });
  await expect(discover()).rejects.toThrow("has a jwks_uri that is not an https:// URL");
});

test("one page waits for an issuer that does not answer, and those after it do not", async () => {
  let fail = (_error: Error) => {};
  const asked = vi.fn(() => new Promise((_resolve, reject) => (fail = reject)));
  vi.stubGlobal("fetch", asked);
  let clock = 0;
  const log = { warn: vi.fn() };
  const metadata = followMetadata(ISSUER, { now: () => new Date(clock), log });
  const first = metadata();
  fail(new Error("timed out"));
  expect(await first).toBe(null);
  expect(log.warn).toHaveBeenCalledWith(expect.stringContaining("timed out"));
  // asked again, behind the answer
  clock = 60_000;
  expect(await metadata()).toBe(null);
  expect(asked).toHaveBeenCalledTimes(2);
});
