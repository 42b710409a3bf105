import { InvalidInputError } from "../errors.js";
import { parseLine } from "./text.js";

const SOURCE_MAX = 2_000;
const SCHEMES = ["s3", "gs", "abfss", "oci", "hf", "https", "models", "runs", "mlflow-artifacts", "dbfs"] as const;
const SIGNED_QUERY =
  /[?&;#](x-amz-|x-goog-|awsaccesskeyid|googleaccessid|signature=|sig=|se=|token=|access_token=|key-pair-id=|password=|secret)/i;

/**
 * Checks the address of artifacts or data: a URI (RFC 3986) of a known scheme, without secrets (user information, a signed
 * query) and without `..`. The scheme `file` is for a registry on the user's own machine.
 */
export function parseSource(field: string, source: string, allowFile: boolean): string {
  parseLine(field, source, SOURCE_MAX);
  const allowed: readonly string[] = allowFile ? [...SCHEMES, "file"] : SCHEMES;
  const match = /^([a-z][a-z0-9+.-]*):(.+)$/.exec(source);
  const scheme = match?.[1];
  if (!scheme || !allowed.includes(scheme) || /[\s\\]/.test(source)) {
    throw new InvalidInputError(field, `${field} must be a URI of one of the schemes ${allowed.join(", ")}.`);
  }
  const authority = /^[^:]+:\/\/([^/?#]*)/.exec(source)?.[1] ?? "";
  // the @ of abfss://container@account is part of an address; only a password is a secret
  if (scheme === "abfss" ? /:.*@/.test(decode(authority)) : decode(authority).includes("@")) {
    throw new InvalidInputError(field, `${field} must not contain user information.`);
  }
  const query = source.slice(source.search(/[?#]|$/));
  if (SIGNED_QUERY.test(decode(query))) {
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

/** Decodes percent-encoded ASCII until nothing changes. A malformed escape does not keep the others from being decoded. */
function decode(text: string): string {
  const decoded = text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decoded === text ? text : decode(decoded);
}
