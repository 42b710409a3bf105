/** What `keygen` makes keys for; the first if none is named. */
export const KEYGEN_ALGORITHMS = ["ES256", "ES384", "RS256", "EdDSA"] as const;

export interface KeygenOptions {
  readonly out: string;
  readonly alg: string;
}
