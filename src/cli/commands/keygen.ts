import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Command } from "commander";
import { errorCode } from "../../util/error-text.js";
import { type CommandContext, CommandError, type CommandIo, misuse } from "../io/command-io.js";

interface KeygenOptions {
  readonly out: string;
  readonly alg: string;
}

/** The algorithms that keys are made for. The first is the default. */
export const KEYGEN_ALGORITHMS = ["ES256", "ES384", "RS256", "EdDSA"] as const;
type KeygenAlgorithm = (typeof KEYGEN_ALGORITHMS)[number];

export function defineKeygen(program: Command, { io }: CommandContext): void {
  program
    .command("keygen")
    .description("make a key pair for a site without an identity provider")
    .option("--out <path>", "file for the private key, readable for its owner only", "shelfmark-private.pem")
    .option("--alg <algorithm>", `one of ${KEYGEN_ALGORITHMS.join(", ")}`, KEYGEN_ALGORITHMS[0])
    .action((options: KeygenOptions) => keygen(options, io));
}

const RSA_BITS = 3072;

const GENERATE: Record<KeygenAlgorithm, () => { privateKey: KeyObject; publicKey: KeyObject }> = {
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  RS256: () => generateKeyPairSync("rsa", { modulusLength: RSA_BITS }),
  EdDSA: () => generateKeyPairSync("ed25519"),
};

async function keygen({ out, alg }: KeygenOptions, io: CommandIo): Promise<void> {
  const algorithm = KEYGEN_ALGORITHMS.find((known) => known === alg);
  if (!algorithm) throw misuse(`--alg is "${alg}"; it must be one of ${KEYGEN_ALGORITHMS.join(", ")}.`);
  const { privateKey, publicKey } = GENERATE[algorithm]();
  await writeNewFile(out, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  io.err(`The private key is in ${out}. Keep it only where tokens are made. These settings make a server trust it:\n`);
  io.out(`SHELFMARK_JWT_PUBLIC_KEY='${pem.trim().replaceAll("\n", "\\n")}'\n`);
  io.out("SHELFMARK_JWT_ISSUER=https://ml.example\nSHELFMARK_JWT_AUDIENCE=shelfmark\n");
}

/** Never overwrites a file: it may hold the key of all tokens. */
async function writeNewFile(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    await file.writeFile(text).finally(() => file.close());
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") throw new CommandError(`${path} exists already; choose another file with --out.`);
    throw new CommandError(`${path} cannot be written (${code}).`);
  }
}
