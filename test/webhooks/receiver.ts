import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { signatureHeaders } from "../../src/webhooks/signature.js";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a body has the shape of its event, which tests know
  readonly body: any;
}

type Answer = (response: ServerResponse, received: Received) => void;

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** How it responds from now on: a status code, or a handler. */
  answer: number | Answer;
  /** Waits until this many messages have arrived in total. */
  until(count: number): Promise<Received[]>;
  stop(): Promise<void>;
}

/** A receiver of webhooks on loopback. */
export async function startReceiver(options: { host?: string; port?: number } = {}): Promise<Receiver> {
  const { host = "127.0.0.1", port = 0 } = options;
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const receiver = { answer: 204 as number | Answer };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const one = { headers: request.headers, text, body: JSON.parse(text || "null") };
      received.push(one);
      if (typeof receiver.answer === "number") response.writeHead(receiver.answer).end();
      else receiver.answer(response, one);
      for (const check of [...waiting]) check();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const bound = (server.address() as AddressInfo).port;
  return Object.assign(receiver, {
    url: `http://${host}:${bound}/hook`,
    port: bound,
    received,
    until: (count: number) =>
      new Promise<Received[]>((resolve) => {
        const check = () => {
          if (received.length < count) return;
          waiting.delete(check);
          resolve(received);
        };
        waiting.add(check);
        check();
      }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** Verifies as the specification requires: any signature with the secret, and a timestamp within five minutes. */
export function verify({ headers, text }: Pick<Received, "headers" | "text">, secret: string, now: Date): boolean {
  const seconds = Number(headers["webhook-timestamp"]);
  if (Math.abs(now.getTime() / 1000 - seconds) > 300) return false;
  const id = String(headers["webhook-id"]);
  const own = signatureHeaders({ id, at: new Date(seconds * 1000), body: text, secrets: [secret] });
  return String(headers["webhook-signature"]).split(" ").includes(String(own["webhook-signature"]));
}
