const MAX_SHOWN = 80;
const HIDDEN: ReadonlySet<string> = new Set([
  "SHELFMARK_JWT_PUBLIC_KEY",
  "SHELFMARK_TOKEN",
  "SHELFMARK_WEBHOOK_KEY",
  "SHELFMARK_AUDIT_KEY",
  "SHELFMARK_METRICS_TOKEN",
]);
const URLS: ReadonlySet<string> = new Set([
  "DATABASE_URL",
  "SHELFMARK_LISTEN_URL",
  "SHELFMARK_JWKS_URL",
  "SHELFMARK_URL",
  "SHELFMARK_PUBLIC_URL",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
]);

const UNREADABLE = "not a URL (not shown, it may hold a password)";

/** A URL without the parts that may be secret: user, password and query. */
function redactUrl(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return UNREADABLE;
  const url = new URL(text);
  if (url.pathname.includes("@")) return UNREADABLE;
  const user = url.username + url.password === "" ? "" : "***@";
  return `${url.protocol}//${user}${url.host}${url.pathname}${url.search === "" ? "" : "?…"}`;
}

/** The value of a variable as an error message shows it: shortened, and without secrets. */
export function showValue(variable: string, text: string): string {
  if (HIDDEN.has(variable)) return "set (not shown)";
  if (URLS.has(variable)) return redactUrl(text);
  const redacted = text.replace(/\/\/[^\s]*@/g, "//***@");
  return JSON.stringify(redacted.length > MAX_SHOWN ? `${redacted.slice(0, MAX_SHOWN)}…` : redacted);
}
