import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Viewer } from "../../domain/access/actor.js";
import type { Answer } from "./answer.js";

/** A request whose body or answer is a file. */
export interface FileRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly contentLength: number | undefined;
}

/** What is done when the rights are checked. The server carries the bytes. */
export type FileTransfer =
  | { readonly kind: "answer"; readonly answer: Answer }
  | {
      readonly kind: "send";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      open(): Readable;
      close(): Promise<void>;
    }
  | {
      readonly kind: "receive";
      write(part: Uint8Array): Promise<void>;
      flush(): Promise<void>;
      commit(): Promise<Answer>;
      abandon(): Promise<void>;
    };

export interface FileEndpoint {
  readonly name: string;
  readonly kind: "query" | "mutation";
  readFile(request: FileRequest): {
    readonly points: number;
    prepare(viewer: Viewer, requestId: string): Promise<FileTransfer>;
  };
}
