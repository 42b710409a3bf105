import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface CuttingProxy {
  readonly url: string;
  /** How many answers never arrived. */
  cuts(): number;
  stop(): Promise<void>;
}

/** Hands every request on, and cuts the connection in place of the first answer to each: the server did it, the client cannot know. */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const seen = new Set<string>();
  const server = createServer((near, answer) => {
    void serve(near).then(
      ({ status, headers, body, isFirst }) => {
        if (isFirst) near.socket.destroy();
        else answer.writeHead(status, headers).end(body);
      },
      () => near.socket.destroy(),
    );
  });

  async function serve(near: IncomingMessage) {
    const sent = await read(near);
    const key = `${near.method} ${near.url} ${createHash("sha256").update(sent).digest("hex")}`;
    const isFirst = !seen.has(key);
    seen.add(key);
    const far = await new Promise<IncomingMessage>((resolve, reject) => {
      const { method = "GET", url = "/" } = near;
      const headers = { ...near.headers, host: new URL(target).host };
      request(new URL(url, target), { method, headers, agent: false }, resolve).on("error", reject).end(sent);
    });
    const body = await read(far);
    const { connection: _connection, "transfer-encoding": _encoding, ...headers } = far.headers;
    return { status: far.statusCode ?? 502, headers, body, isFirst };
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => seen.size,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part);
  return Buffer.concat(parts);
}
