import { hasHighPort, PORT_RULE } from "../../util/network/url-port.js";
import { InvalidInputError } from "../errors.js";
import { codePointName } from "./invisible.js";
import { formOfScheme } from "./source-schemes.js";
import { parseLabel } from "./text.js";

const SOURCE_MAX = 2_000;
const SIGNED_QUERY =
  /[?&;#](x-amz-|x-goog-|([^=&;]*[-_.])?(aws)?(access[-_]?key([-_]?id)?|api[-_]?key|googleaccessid|signature|token|secret[^=&;]*|password|passwd|credentials?)=|sig=|se=|auth=|key-pair-id=)/i;

/**
 * Checks the address of artifacts or data: a URI (RFC 3986) of an allowed scheme, without secrets (user information, a signed
 * query) and without `..`. Returns it with its scheme in lower case (RFC 3986 §3.1: schemes are case-insensitive).
 */
export function parseSource(field: string, text: string, schemes: readonly string[]): string {
  refuseCharacter(field, text.slice(0, SOURCE_MAX));
  parseLabel(field, text, SOURCE_MAX);
  const { scheme, rest } = splitScheme(field, text, schemes);
  const source = `${scheme}:${rest}`;
  checkAuthority(field, scheme, rest);
  // also in parameters of the path, after a semicolon
  if (SIGNED_QUERY.test(decode(source))) {
    throw new InvalidInputError(field, `${field} must not be a signed URL: store the address and sign when reading.`);
  }
  if (
    decode(source)
      .split(/[/:?#\\]/)
      .includes("..")
  ) {
    throw new InvalidInputError(field, `${field} must not contain "..".`);
  }
  return source;
}

/** Checks a text that holds addresses, such as JSON: none of them has user information or a signed query. */
export function refuseSecrets(field: string, text: string): void {
  const plain = decode(text);
  if (!SIGNED_QUERY.test(plain) && !/:\/\/[^/?#\s"']*@/.test(plain)) return;
  throw new InvalidInputError(field, `${field} must not contain a signed URL or user information.`);
}

/** A blank ends a URI wherever it is written in text, and some programs read a backslash as a slash. */
function refuseCharacter(field: string, text: string): void {
  const [found] = /[\s\\]/.exec(text) ?? [];
  if (found === undefined) return;
  const name = found === "\\" ? "a backslash" : `a blank (${codePointName(found)})`;
  throw new InvalidInputError(field, `${field} contains ${name}; percent-encode it as ${encodeURIComponent(found)}.`);
}

function splitScheme(field: string, text: string, schemes: readonly string[]): { scheme: string; rest: string } {
  const match = /^([a-z][a-z0-9+.-]*):(.+)$/i.exec(text);
  const scheme = match?.[1]?.toLowerCase();
  const rest = match?.[2];
  if (!scheme || !rest) {
    throw new InvalidInputError(field, `${field} must be a URI: a scheme, ":" and an address, as in s3://bucket/key.`);
  }
  if (schemes.includes(scheme)) return { scheme, rest };
  throw new InvalidInputError(
    field,
    `${field} has a scheme that this registry does not take; it must be a URI of one of the schemes ${schemes.join(", ")}. SHELFMARK_SOURCE_SCHEMES on the server adds others.`,
  );
}

function checkAuthority(field: string, scheme: string, rest: string): void {
  const { needsAuthority, hasAccount } = formOfScheme(scheme);
  const authority = decode(/^\/\/([^/?#]*)/.exec(rest)?.[1] ?? "");
  if (hasAccount ? /:.*@/.test(authority) : authority.includes("@")) {
    throw new InvalidInputError(field, `${field} must not contain user information.`);
  }
  if (/^https?$/.test(scheme) && hasHighPort(`${scheme}:${rest}`)) {
    throw new InvalidInputError(field, `${field} must have ${PORT_RULE}.`);
  }
  const host = authority.slice(authority.lastIndexOf("@") + 1).replace(/:\d*$/, "");
  if (!needsAuthority || host.trim() !== "") return;
  throw new InvalidInputError(
    field,
    `${field} names no bucket or host: after "${scheme}:" it must have "//" and a name.`,
  );
}

/** Decodes percent-encoded ASCII until nothing changes. A malformed escape does not keep the others from being decoded. */
function decode(text: string): string {
  const decoded = text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decoded === text ? text : decode(decoded);
}
