import type { AuthSettings } from "./auth-settings.js";
import type { Limits } from "./limits.js";
import type { TracingSettings } from "./tracing-settings.js";
import type { LOG_LEVELS } from "./variables.js";

export type DatabaseSettings =
  | {
      readonly kind: "postgres";
      readonly url: string;
      readonly listenUrl?: string;
      readonly poolSize: number;
      readonly prepared: boolean;
    }
  | { readonly kind: "pglite"; readonly folder: string };

/** Where the files of runs and logged models are. */
export type ArtifactSettings =
  | {
      /** This server keeps them in a folder, and serves them. */
      readonly kind: "folder";
      readonly folder: string;
      /** How many bytes all of them may take; null = any number. */
      readonly quotaBytes: number | null;
    }
  /** Clients write to a store and read from it by themselves. */
  | { readonly kind: "store"; readonly uri: string }
  | { readonly kind: "off" };

export interface WebhookSettings {
  /** Base64 of the key that encrypts secrets; null = the key in the data folder. */
  readonly key: string | null;
  /** IP addresses, blocks and hosts that webhooks may call although they are not public. */
  readonly allow: readonly string[];
}

/** How people sign in with the issuer of their tokens, in the console and on the command line. */
export interface OidcSettings {
  readonly issuer: string;
  /** A public client: it has no secret. */
  readonly clientId: string;
  readonly cliClientId: string;
  readonly scopes: readonly string[];
  /** What access tokens are asked for (RFC 8707); null = the provider decides. */
  readonly resource: string | null;
}

export interface Config {
  readonly database: DatabaseSettings;
  /** An absolute path. The folder holds the embedded database, its artifacts and the local keys. */
  readonly dataFolder: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly auth: AuthSettings;
  /** Null: people sign in with a token only. */
  readonly oidc: OidcSettings | null;
  readonly corsOrigins: readonly string[];
  /** IP addresses and blocks of the proxies whose `X-Forwarded-For` header is used as the address of a request. */
  readonly trustedProxies: readonly string[];
  /** The only documents that are executed, by their ids and by the SHA-256 of their texts; null = any document. */
  readonly operations: ReadonlyMap<string, string> | null;
  /** The schemes that the URIs of versions and datasets may have. */
  readonly sourceSchemes: readonly string[];
  /** The origin under which people open the console, for links in messages; null = no links. */
  readonly publicUrl: string | null;
  /** Whether the server serves the web console. */
  readonly console: boolean;
  /** Where MLflow's API is: at `/mlflow`, at the root too, or nowhere. */
  readonly mlflow: "/mlflow" | "/" | "off";
  readonly artifacts: ArtifactSettings;
  readonly webhooks: WebhookSettings;
  readonly audit: {
    /** PEM of the Ed25519 key that signs checkpoints; null = the key in the data folder. */
    readonly key: string | null;
    readonly checkpointSeconds: number;
  };
  /** The bearer token of `GET /metrics`; null = the page exists in local mode only. */
  readonly metricsToken: string | null;
  readonly tracing: TracingSettings | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly limits: Limits;
  /** Sentences about settings that are probably mistakes but do not stop the server. */
  readonly warnings: readonly string[];
}

/** The settings of commands that talk to a server. */
export interface ClientConfig {
  readonly url: URL;
  readonly token: string | null;
  readonly dataFolder: string;
}
