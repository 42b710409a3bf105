import { setTimeout as sleep } from "node:timers/promises";
import { lockFolder } from "../../store/folder/folder-lock.js";
import { CommandError, type CommandIo } from "../io/command-io.js";
import { readSignIn, removeSignIn, type StoredSignIn, storeFile, writeSignIn } from "./token-store.js";

const RETRY_MS = 100;
const LOCK_WAIT_MS = 60_000;

type Environs = Pick<CommandIo, "env" | "now">;

/** The token of `shelfmark login` for a server, renewed if it ends soon; null if nobody has signed in there. */
export async function findStoredToken(url: URL, io: Environs): Promise<string | null> {
  const file = storeFile(url, io.env);
  const stored = file === null ? null : await readSignIn(file);
  if (file === null || stored === null || stored.url !== url.href) return null;
  if (!isDue(stored, io)) return stored.token;
  // the issuer takes each refresh token once: two commands that use the same one would end the sign-in
  return withLock(file, async () => {
    const current = await readSignIn(file);
    if (current === null) return null;
    return isDue(current, io) ? renew(file, current, io) : current.token;
  });
}

function isDue({ dueAt }: StoredSignIn, io: Environs): boolean {
  return dueAt !== null && io.now().getTime() >= dueAt;
}

async function renew(file: string, stored: StoredSignIn, io: Environs): Promise<string> {
  const { issuer, refreshToken, url } = stored;
  const again = `Run: shelfmark login --url ${url}`;
  if (refreshToken === null) throw new CommandError(`The sign-in at ${issuer} has ended. ${again}`);
  const oauth = await import("oauth4webapi");
  const { describeIssuerError, openIssuer, toStoredTokens } = await import("./issuer.js");
  const { metadata, client, options } = await openIssuer(stored);
  try {
    const answer = await oauth.refreshTokenGrantRequest(metadata, client, oauth.None(), refreshToken, options);
    const tokens = await oauth.processRefreshTokenResponse(metadata, client, answer);
    const renewed = { ...stored, ...toStoredTokens(tokens, io.now(), refreshToken) };
    await writeSignIn(file, renewed);
    return renewed.token;
  } catch (error) {
    const isOver = error instanceof oauth.ResponseBodyError && error.error === "invalid_grant";
    throw isOver
      ? new CommandError(`The sign-in at ${issuer} has ended. ${again}`)
      : describeIssuerError(issuer, error);
  }
}

/** Ends the refresh token at the issuer (RFC 7009) and forgets the sign-in. Resolves to the issuer; null if there was none. */
export async function forgetSignIn(url: URL, io: Environs): Promise<string | null> {
  const file = storeFile(url, io.env);
  if (file === null) return null;
  const stored = await readSignIn(file).catch(async (error: unknown) => {
    await removeSignIn(file);
    throw new CommandError(
      `The sign-in was removed from this machine, but not ended at its issuer: ${(error as Error).message}`,
    );
  });
  if (stored === null) return null;
  await removeSignIn(file);
  await revoke(stored);
  return stored.issuer;
}

async function revoke(stored: StoredSignIn): Promise<void> {
  const oauth = await import("oauth4webapi");
  const { describeIssuerError, openIssuer } = await import("./issuer.js");
  try {
    const { metadata, client, options } = await openIssuer(stored);
    const { additionalParameters: _, ...plain } = options;
    if (!metadata.revocation_endpoint || stored.refreshToken === null) return;
    const answer = await oauth.revocationRequest(metadata, client, oauth.None(), stored.refreshToken, plain);
    await oauth.processRevocationResponse(answer);
  } catch (error) {
    const reason = describeIssuerError(stored.issuer, error).message;
    throw new CommandError(`The sign-in was removed from this machine, but not ended at its issuer: ${reason}`);
  }
}

class BusyError extends Error {}

async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  for (let waited = 0; waited < LOCK_WAIT_MS; waited += RETRY_MS) {
    try {
      const lock = await lockFolder(file, () => new BusyError());
      return await work().finally(() => lock.release());
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      await sleep(RETRY_MS);
    }
  }
  throw new CommandError(`Another command has been renewing the token in ${file} for a minute. Try again.`);
}
