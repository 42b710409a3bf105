import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";

/** A request whose body or answer is a file, and never in memory as a whole. */
export interface FileRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Absent: the client does not say how long the body is. */
  readonly contentLength: number | undefined;
}

/** What an endpoint for files does after it has checked the rights: it answers, sends a file, or receives one. */
export type FileTransfer<Answer> =
  | { readonly kind: "answer"; readonly answer: Answer }
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
      commit(): Promise<Answer>;
      /** Called in place of `commit` if the body did not arrive, or could not be stored. */
      abandon(): Promise<void>;
    };

/** An endpoint for files. Transfers may take hours, so they are limited by progress instead of time. */
export interface FileEndpoint<Client, Answer> {
  readonly name: string;
  readonly kind: "query" | "mutation";
  readFile(request: FileRequest): {
    readonly points: number;
    prepare(client: Client, requestId: string): Promise<FileTransfer<Answer>>;
  };
}
