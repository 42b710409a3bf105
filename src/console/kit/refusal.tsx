import type { CombinedError } from "urql";

interface Extensions {
  readonly code?: unknown;
  readonly requiredScopes?: unknown;
  readonly requestId?: unknown;
}

/** What was refused, and what is missing. */
export function Refusal({ error }: { error: CombinedError }) {
  if (error.networkError)
    return (
      <div className="refusal" role="alert">
        <strong>The server does not answer</strong>
        <span>{error.networkError.message}</span>
      </div>
    );
  return (
    <div className="refusal" role="alert">
      {error.graphQLErrors.map(({ message, path, extensions }) => (
        <RefusalLine key={`${path?.join(".")} ${message}`} message={message} extensions={extensions} />
      ))}
    </div>
  );
}

function RefusalLine({ message, extensions }: { message: string; extensions: Extensions }) {
  const { code, requiredScopes, requestId } = extensions;
  return (
    <div>
      <strong>{String(code ?? "REFUSED")}</strong> <span>{message}</span>
      {Array.isArray(requiredScopes) && requiredScopes.length > 0 && (
        <div>
          Missing: <code>{requiredScopes.join(" ")}</code>. Ask for a token with that scope.
        </div>
      )}
      {code === "INTERNAL" && <div className="muted">Request {String(requestId)}</div>}
    </div>
  );
}
