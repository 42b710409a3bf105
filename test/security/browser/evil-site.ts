import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";

/** Pages that an attacker lures a developer to, on another port. */
export interface EvilSite {
  readonly port: number;
  stop(): Promise<void>;
}

const PAGE = "<!doctype html><title>Kittens</title><p id=kittens>Kittens!</p>";

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
const listen = (server: Server | ReturnType<typeof createTcpServer>) =>
  new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

export async function startEvilSite(): Promise<EvilSite> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html", connection: "close" }).end(PAGE);
  });
  await listen(server);
  return {
    port: portOf(server),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A host whose address changes while a page is open: one port that leads to the evil site first, then to the victim. */
export async function startRebinding(evilPort: number, victimPort: number) {
  let target = evilPort;
  const proxy = createTcpServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [[client, upstream] as const, [upstream, client] as const]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await listen(proxy);
  return {
    port: portOf(proxy),
    rebind: () => {
      target = victimPort;
    },
    stop: () => new Promise((resolve) => proxy.close(resolve)),
  };
}
