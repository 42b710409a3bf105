import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSecretBox } from "../../src/webhooks/secret-box.js";
import { openWebhookKey } from "../../src/webhooks/webhook-key.js";

const box = (fill: number) => createSecretBox(async () => Buffer.alloc(32, fill));

describe("an encrypted secret", () => {
  test("can be decrypted only with its key and for its webhook", async () => {
    const secret = box(1).create();
    const sealed = await box(1).seal("a", secret);
    expect(await box(1).open("a", sealed)).toBe(secret);
    expect(await box(2).open("a", sealed)).toBeNull();
    expect(await box(1).open("b", sealed)).toBeNull();
    expect(await box(2).open("a", { ...sealed, keyId: await box(2).keyId() })).toBeNull();
    const changed = new Uint8Array(sealed.sealed);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(await box(1).open("a", { ...sealed, sealed: changed })).toBeNull();
  });

  test("fails loudly where its row is cut short or the key cannot be read", async () => {
    const sealed = await box(1).seal("a", box(1).create());
    await expect(box(1).open("a", { ...sealed, sealed: sealed.sealed.slice(0, 14) })).rejects.toThrow();
    const unreadable = createSecretBox(() => Promise.reject(new Error("EACCES: webhook-key")));
    await expect(unreadable.open("a", sealed)).rejects.toThrow("EACCES: webhook-key");
  });

  test("reveals neither its text nor that two secrets are equal", async () => {
    const secret = box(1).create();
    const [first, second] = [await box(1).seal("a", secret), await box(1).seal("a", secret)];
    expect(Buffer.from(first.sealed).includes(secret.slice(6, 20))).toBe(false);
    expect(Buffer.from(first.sealed).equals(second.sealed)).toBe(false);
  });
});

describe("the key of a data folder", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "shelfmark-key-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("is made once, readable for its owner only, also by concurrent calls", async () => {
    const data = join(folder, "data");
    const keys = await Promise.all([openWebhookKey(data), openWebhookKey(data), openWebhookKey(data)]);
    expect(new Set(keys.map((key) => key.toString("hex"))).size).toBe(1);
    expect((await stat(join(data, "webhook-key"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(data, "webhook-key"), "utf8")).toBe(`${keys[0]?.toString("base64")}\n`);
  });

  test("is refused when other users may read it, when it is broken, and when it cannot be made", async () => {
    const file = join(folder, "webhook-key");
    await writeFile(file, "short", { mode: 0o600 });
    await expect(openWebhookKey(folder)).rejects.toThrow("does not hold the base64 of 32 bytes");
    await chmod(file, 0o644);
    await expect(openWebhookKey(folder)).rejects.toThrow("is open to other users");
    await expect(openWebhookKey("/proc/none")).rejects.toThrow("Set SHELFMARK_WEBHOOK_KEY");
  });
});
