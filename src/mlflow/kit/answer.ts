/** The answer to a request. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The registry's code of a refusal. */
  readonly code?: string;
}

export function json(status: number, body: object): Answer {
  return { status, contentType: "application/json", body: JSON.stringify(body) };
}

export function text(body: string): Answer {
  return { status: 200, contentType: "text/plain; charset=utf-8", body };
}
