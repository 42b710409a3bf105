import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Viewer } from "../../domain/access/actor.js";

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

/** A request whose body or answer is a file, and never in memory as a whole. */
export interface FileRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Absent: the client does not say how long the body is. */
  readonly contentLength: number | undefined;
}

/** What an endpoint for files does after it has checked the rights: it answers, sends a file, or receives one. */
export type FileTransfer =
  | { readonly kind: "answer"; readonly answer: ApiAnswer }
  | {
      readonly kind: "send";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      /** Called once, unless the client wants the head only. */
      open(): Readable;
      /** Called in place of `open`. */
      close(): Promise<void>;
    }
  | {
      readonly kind: "receive";
      /** Takes a part of the body; the next one is read when this one is stored. */
      write(part: Uint8Array): Promise<void>;
      /** Called after the last part. Takes as long as the disk does. */
      flush(): Promise<void>;
      /** Called after that: from then on the file is there. */
      commit(): Promise<ApiAnswer>;
      /** Called in place of `commit` if the body did not arrive, or could not be stored. */
      abandon(): Promise<void>;
    };

interface FileCall {
  readonly points: number;
  prepare(viewer: Viewer, requestId: string): Promise<FileTransfer>;
}

/** An endpoint for files. Transfers may take hours, so they are limited by progress instead of time. */
export interface FileEndpoint {
  readonly name: string;
  readonly kind: "query" | "mutation";
  readFile(request: FileRequest): FileCall;
}

/** An API beside GraphQL. The server authenticates, limits and logs its requests as it does those of GraphQL. */
export interface MountedApi {
  serves(path: string): boolean;
  /** The endpoint, or the answer to a path that needs no viewer. */
  find(method: string, path: string): ApiEndpoint | FileEndpoint | ApiAnswer;
  /** The answer to whatever went wrong, in the API's own form. */
  refuse(error: unknown, requestId: string): ApiAnswer;
}
