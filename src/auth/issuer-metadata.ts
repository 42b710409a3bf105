import { DiscoveryError, discoverIssuer, type IssuerMetadata } from "./discovery.js";

const FRESH_MS = 10 * 60_000;
/** While an issuer does not answer, it is asked again no sooner than this. */
const RETRY_MS = 5_000;
const TIMEOUT_MS = 5_000;

/** The discovery document of an issuer, as it was last read; null while it could not be read yet. */
export type CurrentMetadata = () => Promise<IssuerMetadata | null>;

interface MetadataOptions {
  readonly now: () => Date;
  readonly log: { warn(message: string): void };
}

/**
 * Reads the document when it is first needed, and again every ten minutes, behind the answers that need it. Nothing waits for an
 * issuer that did not answer the last time.
 */
export function followMetadata(issuer: string, { now, log }: MetadataOptions): CurrentMetadata {
  let known: IssuerMetadata | null = null;
  let triedAt = -Infinity;
  let pending: Promise<void> | undefined;

  async function read(): Promise<void> {
    try {
      known = await discoverIssuer(issuer, AbortSignal.timeout(TIMEOUT_MS));
    } catch (error) {
      if (!(error instanceof DiscoveryError)) throw error;
      log.warn(`Nobody can sign in by OpenID Connect now: ${error.message}`);
    } finally {
      triedAt = now().getTime();
      pending = undefined;
    }
  }

  return async () => {
    const isDue = now().getTime() - triedAt >= (known ? FRESH_MS : RETRY_MS);
    if (isDue) pending ??= read();
    if (triedAt === -Infinity) await pending;
    return known;
  };
}
