import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCertificate } from "../support/certificate.js";

let server: Server;
let folder: string;
const asked: (string | false | null)[] = [];
beforeAll(async () => {
  const { cert, key } = makeCertificate("hooks.example");
  folder = mkdtempSync(join(tmpdir(), "shelfmark-tls-"));
  writeFileSync(join(folder, "trusted.pem"), cert);
  server = createServer({ cert, key }, ({ socket }, response) => {
    asked.push((socket as TLSSocket & { servername?: string | false }).servername ?? null);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const SEND = `
  import { createSender } from "./dist/webhooks/sender.js";
  import { createSecret } from "./dist/webhooks/signature.js";
  const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
  const sender = createSender({ allow: [], isLocal: true, now: () => new Date(), resolve });
  const message = { url: process.argv[1], id: "one", format: "CLOUDEVENTS", body: "{}", secrets: [createSecret()] };
  console.log(JSON.stringify(await sender.send(message)));`;

/** A process reads the trusted certificates once, when it starts. */
async function send(host: string, env: Record<string, string>) {
  const url = `https://${host}:${(server.address() as AddressInfo).port}/hook`;
  const args = ["--input-type=module", "-e", SEND, url];
  return JSON.parse((await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } })).stdout);
}

test("over TLS the certificate is checked against the URL's name, at the checked address", async () => {
  const trusted = { NODE_EXTRA_CA_CERTS: join(folder, "trusted.pem") };
  expect(await send("hooks.example", trusted)).toMatchObject({ responseCode: 204, error: null });
  expect(asked).toEqual(["hooks.example"]);
  const refused = (code: string) => ({ responseCode: null, error: `The receiver could not be reached: ${code}.` });
  expect(await send("other.example", trusted)).toMatchObject(refused("ERR_TLS_CERT_ALTNAME_INVALID"));
  expect(await send("hooks.example", {})).toMatchObject(refused("DEPTH_ZERO_SELF_SIGNED_CERT"));
  expect(asked, "nothing was sent to the server without the certificate").toHaveLength(1);
});
