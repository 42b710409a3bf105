import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import { type ClientMetadata, type Configuration, Provider } from "oidc-provider";

/** The API that the provider knows: tokens for it are JWTs. Without a resource it gives opaque tokens. */
export const RESOURCE = "https://shelfmark.example";
export const OTHER_RESOURCE = "https://payroll.example";
const SCOPES = ["models:read", "runs:read", "models:write", "stages:approve"];

export interface OpenIdProvider {
  readonly issuer: string;
  /** Seconds for which the access tokens count that it gives from now on. */
  accessTokenSeconds: number;
  /** Stops listening; `start` begins again at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** The access tokens of all sign-ins so far count no more, and neither do their refresh tokens. */
  readonly requests: string[];
}

/** A provider of OpenID Connect on loopback, whose pages take any name and any password. */
export async function startOpenIdProvider(clients: readonly ClientMetadata[]): Promise<OpenIdProvider> {
  const server = createServer();
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const state = { accessTokenSeconds: 3_600, requests: [] as string[] };
  const provider = new Provider(issuer, await configure(clients, () => state.accessTokenSeconds));
  const handle = provider.callback();
  server.on("request", (request, response) => {
    state.requests.push(`${request.method} ${request.url?.split("?")[0]}`);
    void handle(request, response);
  });
  return {
    issuer,
    get accessTokenSeconds() {
      return state.accessTokenSeconds;
    },
    set accessTokenSeconds(seconds) {
      state.accessTokenSeconds = seconds;
    },
    requests: state.requests,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
    start: () => listen(server, port),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function configure(clients: readonly ClientMetadata[], seconds: () => number): Promise<Configuration> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: "RS256", use: "sig", kid: "test" };
  return {
    clients: [...clients],
    jwks: { keys: [key] },
    cookies: { keys: ["a key of a test"] },
    scopes: ["openid", "offline_access", ...SCOPES],
    pkce: { required: () => true },
    clientBasedCORS: () => true,
    issueRefreshToken: async () => true,
    findAccount: async (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    ttl: {
      AccessToken: seconds,
      IdToken: 3_600,
      RefreshToken: 86_400,
      Interaction: 3_600,
      Session: 86_400,
      Grant: 86_400,
    },
    features: {
      devInteractions: { enabled: true },
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: async (_context, resource) => ({
          scope: SCOPES.join(" "),
          audience: resource,
          accessTokenTTL: seconds(),
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
        useGrantedResource: async () => true,
      },
    },
  };
}
