import type { Viewer } from "../../domain/access/actor.js";
import type * as Files from "../../util/file-endpoint.js";

/** A request as an API reads it, before its viewer may do anything. */
export interface ApiRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The registry's code of a refusal, for the log; absent: none. */
  readonly code?: string;
}

/** A request that was understood. */
export interface ApiCall {
  /** What it costs, in the points in which operations of GraphQL are measured. */
  readonly points: number;
  run(viewer: Viewer, requestId: string): Promise<ApiAnswer>;
}

export interface ApiEndpoint {
  /** For the log, the metrics and the trace. */
  readonly name: string;
  readonly kind: "query" | "mutation";
  /** Checks what the client sent. Throws an error for `refuse`. */
  read(request: ApiRequest): ApiCall;
}

export type FileTransfer = Files.FileTransfer<ApiAnswer>;
export type FileEndpoint = Files.FileEndpoint<Viewer, ApiAnswer>;

/** An API beside GraphQL. The server authenticates, limits and logs its requests as it does those of GraphQL. */
export interface MountedApi {
  serves(path: string): boolean;
  /** The endpoint, or the answer to a path that needs no viewer. */
  find(method: string, path: string): ApiEndpoint | FileEndpoint | ApiAnswer;
  /** The answer to whatever went wrong, in the API's own form. */
  refuse(error: unknown, requestId: string): ApiAnswer;
}
