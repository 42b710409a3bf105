import type { Command } from "commander";
import { oneLine } from "../../util/safe-text.js";
import { readClientConfig, URL_OPTION } from "../client/client-config.js";
import { sendOperation } from "../client/send-operation.js";
import { type CommandContext, CommandError, type CommandIo } from "../io/command-io.js";
import { hasBrowser } from "../sign-in/open-browser.js";
import { requireTrust } from "../sign-in/server-trust.js";
import { type StoredSignIn, storeFile, writeSignIn } from "../sign-in/token-store.js";
import { VIEWER } from "../sign-in/viewer-document.js";

interface LoginOptions {
  readonly url?: string;
  readonly device?: true;
  readonly yes?: true;
}

const HELP = `
The server says at which issuer (SHELFMARK_OIDC_ISSUER of the server), and for which API the token is. If that is another
than the server itself, you are asked whether you trust the server with the token, once. The browser on this machine opens; with --device,
and where there is no display, a code is shown that you enter on any device.
The token is kept in your configuration folder (~/.config/shelfmark/tokens), for you alone, and renewed when it ends.
query, watch and policy use it for this server, unless SHELFMARK_TOKEN or --token is given. shelfmark logout ends it.
`;

export function defineLogin(program: Command, { io }: CommandContext): void {
  program
    .command("login")
    .description("sign in at the issuer of a server, for query, watch and policy")
    .option("--device", "show a code to enter on another device (default: where there is no display)")
    .option("--yes", "trust the server with your token, also if that is of use elsewhere")
    .option(...URL_OPTION)
    .addHelpText("after", HELP)
    .action((options: LoginOptions) => login(options, io));
}

async function login({ device, yes, ...options }: LoginOptions, io: CommandIo): Promise<void> {
  const { url } = readClientConfig(options, io);
  const file = storeFile(url, io.env);
  if (file === null) throw new CommandError("There is no configuration folder: set HOME or XDG_CONFIG_HOME.");
  const { describeIssuerError, openIssuer, readSettings, toStoredTokens } = await import("../sign-in/issuer.js");
  const settings = await readSettings(url);
  if (!yes) await requireTrust({ url, settings, file }, io);
  const issuer = await openIssuer(settings);
  const hasDeviceFlow = issuer.metadata.device_authorization_endpoint !== undefined;
  if (device && !hasDeviceFlow)
    throw new CommandError(`${settings.issuer} has no device_authorization_endpoint; leave out --device.`);
  const byDevice = hasDeviceFlow && (device || !hasBrowser(io.env));
  const { signInByDevice } = await import("../sign-in/device-flow.js");
  const { signInByBrowser } = await import("../sign-in/loopback-flow.js");
  const signIn = byDevice ? signInByDevice : signInByBrowser;
  const answer = await signIn(issuer, settings.scopes, io).catch((error: unknown) => {
    throw describeIssuerError(settings.issuer, error);
  });
  const { clientId, resource } = settings;
  const tokens = toStoredTokens(answer, io.now());
  const stored = { url: url.href, issuer: settings.issuer, clientId, resource, ...tokens };
  const { name, scopes } = await readViewer(url, stored);
  await writeSignIn(file, stored);
  io.out(`Signed in to ${url.origin} as ${oneLine(name)}, with the scopes ${oneLine(scopes.join(" "))}.\n`);
}

interface ViewerData {
  readonly viewer: {
    readonly actor: { readonly subject: string; readonly name: string | null };
    readonly scopes: readonly string[];
    readonly scopeClaims: readonly string[];
  };
}

/** Who the server sees under the token. Throws a sentence for a token that is of no use there. */
async function readViewer(url: URL, { token, resource }: StoredSignIn) {
  const { data, errors } = await sendOperation<ViewerData>(url, token, { query: VIEWER, variables: {} });
  const [refusal] = errors;
  if (refusal || data === null) {
    const mends = MENDS[String(refusal?.extensions?.reason)];
    const now = resource === null ? "it is not set" : `it is ${resource}`;
    throw new CommandError(
      `The server does not take the token: ${refusal?.message ?? "it has no data."}${mends ? ` ${mends} (${now}).` : ""}`,
    );
  }
  const { actor, scopes, scopeClaims } = data.viewer;
  const name = actor.name ?? actor.subject;
  if (scopes.length > 0) return { name, scopes };
  throw new CommandError(
    `You are ${name}, but your token has no scope of Shelfmark: none of its claims ${scopeClaims.join(", ")} gives one. Ask whoever runs the provider or the server.`,
  );
}

/** What mends a token that the server does not take. */
const MENDS: Readonly<Record<string, string>> = {
  malformed:
    "An access token that is no JWT is for its issuer only: set SHELFMARK_OIDC_RESOURCE of the server to the identifier of its API at the provider",
  audience: "Set SHELFMARK_OIDC_RESOURCE of the server to the audience that it expects",
};
