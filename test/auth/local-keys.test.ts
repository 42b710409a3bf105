import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLocalKeys, readLocalKeys } from "../../src/auth/local-keys.js";
import { localSigner, mintDefaultToken, mintToken } from "../../src/auth/mint-token.js";
import { createTokenVerifier } from "../../src/auth/token-verifier.js";
import { ADMIN_SCOPES } from "../../src/domain/access/scopes.js";

const NOW = new Date("2026-11-20T12:00:00.000Z");
let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "shelfmark-keys-"));
  folder = join(parent, "data");
});
afterEach(() => rm(parent, { recursive: true, force: true }));

/** Replaces folder names, which are new in each run. */
async function sentenceOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error("nothing was refused"),
    (reason: Error) => reason,
  );
  return `${error.name}: ${error.message.replaceAll(folder, "DATA").replaceAll(parent, "PARENT")}`;
}

test("a key is made on first use, readable for its owner only, and reused", async () => {
  const first = await openLocalKeys(folder);
  const again = await openLocalKeys(folder);
  expect(again.trust).toEqual(first.trust);
  expect(await readdir(folder)).toEqual(["local-key.pem"]);
  expect((await stat(join(folder, "local-key.pem"))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test("concurrent starts get the same key and leave no temporary file", async () => {
  const keys = await Promise.all(Array.from({ length: 24 }, () => openLocalKeys(folder)));
  expect(new Set(keys.map((key) => key.trust.keys.publicKey)).size).toBe(1);
  expect(await readdir(folder)).toEqual(["local-key.pem"]);
});

test("reading does not make a key", async () => {
  expect(await readLocalKeys(folder)).toBeNull();
  await expect(readdir(folder)).rejects.toThrow("ENOENT");
});

test("a key file that other users may read is refused", async () => {
  await openLocalKeys(folder);
  await chmod(join(folder, "local-key.pem"), 0o640);
  expect(await sentenceOf(openLocalKeys(folder))).toMatchInlineSnapshot(
    `"LocalKeysError: The key file DATA/local-key.pem is open to other users (mode 0640). Run: chmod 600 'DATA/local-key.pem'. Anyone on this machine could have made tokens with it: delete the file to get a new key."`,
  );
});

test("a key file without a key is refused", async () => {
  await openLocalKeys(folder);
  await writeFile(join(folder, "local-key.pem"), "not a key");
  expect(await sentenceOf(openLocalKeys(folder))).toMatchInlineSnapshot(
    `"LocalKeysError: The key file DATA/local-key.pem does not hold a private key. Delete it, and the server makes a new one."`,
  );
});

test("a data folder that cannot be made is refused", async () => {
  await writeFile(folder, "a file stands in the way");
  expect(await sentenceOf(openLocalKeys(folder))).toMatchInlineSnapshot(
    `"LocalKeysError: No key can be made in the data folder DATA (EEXIST). Set SHELFMARK_DATA to a folder that this user may write to."`,
  );
});

test("the printed token holds what admin stands for, for twelve hours", async () => {
  const keys = await openLocalKeys(folder);
  const viewer = await createTokenVerifier({ ...keys.trust, now: () => NOW }).verify(await mintDefaultToken(keys, NOW));
  expect([...viewer.scopes]).toEqual([...ADMIN_SCOPES]);
  expect({ ...viewer, scopes: "all", tokenId: typeof viewer.tokenId }).toMatchInlineSnapshot(`
    {
      "actor": {
        "issuer": "shelfmark-local",
        "kind": "USER",
        "name": null,
        "subject": "local",
      },
      "environmentGlobs": null,
      "experimentGlobs": null,
      "expiresAt": 2026-11-21T00:00:00.000Z,
      "groups": [],
      "issuedAt": 2026-11-20T12:00:00.000Z,
      "modelGlobs": null,
      "scopeClaims": [
        "scope",
        "scp",
        "roles",
        "permissions",
      ],
      "scopes": "all",
      "tokenId": "string",
    }
  `);
});

test("a minted token has the requested claims", async () => {
  const keys = await openLocalKeys(folder);
  const token = await mintToken({
    signer: localSigner(keys),
    subject: "trainer",
    scopes: ["models:read", "models:write"],
    models: ["iris-*"],
    ttlSeconds: 60,
    name: "Nightly training",
    kind: "MACHINE",
    now: NOW,
  });
  const viewer = await createTokenVerifier({ ...keys.trust, now: () => NOW }).verify(token);
  expect({ ...viewer, scopes: [...viewer.scopes], tokenId: null }).toMatchInlineSnapshot(`
    {
      "actor": {
        "issuer": "shelfmark-local",
        "kind": "MACHINE",
        "name": "Nightly training",
        "subject": "trainer",
      },
      "environmentGlobs": null,
      "experimentGlobs": null,
      "expiresAt": 2026-11-20T12:01:00.000Z,
      "groups": [],
      "issuedAt": 2026-11-20T12:00:00.000Z,
      "modelGlobs": [
        "iris-*",
      ],
      "scopeClaims": [
        "scope",
        "scp",
        "roles",
        "permissions",
      ],
      "scopes": [
        "models:read",
        "models:write",
      ],
      "tokenId": null,
    }
  `);
});

test("another folder's tokens are not trusted", async () => {
  const keys = await openLocalKeys(folder);
  const others = await openLocalKeys(join(parent, "other"));
  const verifier = createTokenVerifier({ ...keys.trust, now: () => NOW });
  expect(await sentenceOf(mintDefaultToken(others, NOW).then(verifier.verify))).toMatchInlineSnapshot(
    `"UnauthenticatedError: The token's signature does not match the issuer's key."`,
  );
});
