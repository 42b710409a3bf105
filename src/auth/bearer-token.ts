const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/** The token of an `Authorization` header, or null when the header has no bearer token (RFC 6750 §2.1). */
export function parseBearer(header: string | null | undefined): string | null {
  return BEARER.exec(header ?? "")?.[1] ?? null;
}
