import type { Command } from "commander";
import { readClientConfig, URL_OPTION } from "../client/client-config.js";
import { type CommandContext, CommandError, type CommandIo } from "../io/command-io.js";
import { forgetSignIn } from "../sign-in/stored-token.js";

interface LogoutOptions {
  readonly url?: string;
}

export function defineLogout(program: Command, { io }: CommandContext): void {
  program
    .command("logout")
    .description("end what shelfmark login began, here and at the issuer")
    .option(...URL_OPTION)
    .action((options: LogoutOptions) => logout(options, io));
}

async function logout(options: LogoutOptions, io: CommandIo): Promise<void> {
  const { url } = readClientConfig(options, io);
  const issuer = await forgetSignIn(url, io);
  if (issuer === null) throw new CommandError(`Nobody is signed in to ${url.origin} here.`);
  io.out(`Signed out of ${url.origin}.\n`);
}
