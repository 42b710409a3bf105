import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { CommandError, type CommandIo, misuse } from "../io/command-io.js";
import { KEYGEN_ALGORITHMS, type KeygenOptions } from "./keygen-algorithms.js";

type KeygenAlgorithm = (typeof KEYGEN_ALGORITHMS)[number];

const RSA_BITS = 3072;

const PAIR_OF: Record<KeygenAlgorithm, () => { privateKey: KeyObject; publicKey: KeyObject }> = {
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  RS256: () => generateKeyPairSync("rsa", { modulusLength: RSA_BITS }),
  EdDSA: () => generateKeyPairSync("ed25519"),
};

/** Puts a new private key into a file of its own and prints what a server needs to trust it. */
export async function keygen({ out, alg }: KeygenOptions, io: CommandIo): Promise<void> {
  const algorithm = KEYGEN_ALGORITHMS.find((known) => known === alg);
  if (!algorithm) throw misuse(`--alg is "${alg}"; it must be one of ${KEYGEN_ALGORITHMS.join(", ")}.`);
  const { privateKey, publicKey } = PAIR_OF[algorithm]();
  await place(out, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  io.err(`The private key is in ${out}: keep it where tokens are made, and nowhere else. Servers trust it by:\n`);
  io.out(`SHELFMARK_JWT_PUBLIC_KEY='${pem.trim().replaceAll("\n", "\\n")}'\n`);
  io.out("SHELFMARK_JWT_ISSUER=https://ml.example\nSHELFMARK_JWT_AUDIENCE=shelfmark\n");
}

/** Never over a file that is there: it may be the key of all tokens. */
async function place(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    await file.writeFile(text).finally(() => file.close());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw new CommandError(`${path} is there already; name another file with --out.`);
    throw new CommandError(`${path} cannot be written (${code}).`);
  }
}
