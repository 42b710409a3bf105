const BASIC = /^basic +([A-Za-z0-9+/]+=*) *$/i;

/**
 * The password of an `Authorization: Basic` header (RFC 7617 §2), for clients that send their token as one; null if the header
 * is of another scheme. The name before the colon may be anything.
 */
export function parseBasicPassword(header: string | null | undefined): string | null {
  const encoded = BASIC.exec(header ?? "")?.[1];
  if (encoded === undefined) return null;
  const pair = Buffer.from(encoded, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  return colon < 0 ? "" : pair.slice(colon + 1);
}
