import { CommandError, type CommandIo, note } from "../io/command-io.js";
import type { SignInSettings } from "./issuer.js";
import { readSignIn } from "./token-store.js";

interface Asking {
  readonly url: URL;
  readonly settings: SignInSettings;
  /** Where the last sign-in at the server is kept. */
  readonly file: string;
}

/**
 * A server says which token it wants, and receives it: it could name the API of another team, and use the token there. A token
 * for the server's own origin is of use nowhere else (RFC 9728 §3.3, RFC 8707 §2). For any other, the person is asked, once for
 * each server and what it asks for. Throws if the answer is no, or nobody can answer.
 */
export async function requireTrust({ url, settings, file }: Asking, io: CommandIo): Promise<void> {
  if (isForServer(settings.resource, url) || (await isKnown(settings, file))) return;
  const { issuer, clientId, resource } = settings;
  const api = resource === null ? "an API that the issuer chooses" : resource;
  note(io, `${url.origin} asks for a token of ${issuer} for ${api} (client ${clientId}), and will receive it.`);
  note(io, "Whoever runs that server can use the token wherever else it is accepted.");
  if (io.ask === null) throw new CommandError("Add --yes if you trust the server with it.");
  const answer = await io.ask("Do you trust the server with it? [y/N] ");
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError("You are not signed in.");
}

function isForServer(resource: string | null, { origin }: URL): boolean {
  return resource !== null && URL.canParse(resource) && new URL(resource).origin === origin;
}

async function isKnown({ issuer, clientId, resource }: SignInSettings, file: string): Promise<boolean> {
  try {
    const last = await readSignIn(file);
    return last?.issuer === issuer && last.clientId === clientId && last.resource === resource;
  } catch (error) {
    // what cannot be read is written again
    if (error instanceof CommandError) return false;
    throw error;
  }
}
