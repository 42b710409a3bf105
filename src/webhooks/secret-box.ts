import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { WebhookSecrets } from "../registry/webhooks/webhook-services.js";
import { createSecret, parseSecret } from "./signature.js";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_LENGTH = 16;

/** Encrypts secrets with the server's key and binds each to the id of its webhook. The key is opened on first use. */
export function createSecretBox(openKey: () => Promise<Buffer>): WebhookSecrets {
  let opened: Promise<Buffer> | null = null;
  async function key(): Promise<Buffer> {
    opened ??= openKey();
    try {
      return await opened;
    } catch (error) {
      opened = null;
      throw error;
    }
  }
  return {
    create: createSecret,
    parse: parseSecret,
    keyId: async () => keyIdOf(await key()),
    async seal(webhookId, secret) {
      const ours = await key();
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, ours, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(webhookId));
      const text = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      return { keyId: keyIdOf(ours), sealed: new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), text])) };
    },
    async open(webhookId, { keyId, sealed }) {
      const ours = await key();
      if (keyId !== keyIdOf(ours)) return null;
      const bytes = Buffer.from(sealed);
      const decipher = createDecipheriv(CIPHER, ours, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(webhookId)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      try {
        return Buffer.concat([text, decipher.final()]).toString("utf8");
      } catch {
        // the tag does not match: other bytes, or the secret of another webhook
        return null;
      }
    },
  };
}

function keyIdOf(key: Buffer): string {
  return createHash("sha256").update("shelfmark webhook key ").update(key).digest("hex").slice(0, KEY_ID_LENGTH);
}
