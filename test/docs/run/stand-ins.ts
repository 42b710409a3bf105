import { freePort } from "../../support/process/free-port.js";

/** The addresses that documents show. Each is replaced by one that answers on this machine before a block runs. */
export const EXAMPLE = {
  server: "https://shelfmark.example.com",
  issuer: "https://issuer.example",
  database: "postgres://shelfmark:secret@db:5432/shelfmark",
  bench: "postgres://localhost/bench",
} as const;

const DEFAULT_PORT = "4000";
const SHOWN_PORT = /(?<=\b(?:127\.0\.0\.1(?::|", )|localhost:|PORT=))4\d{3}\b/g;

/** What a document's example addresses stand for while it runs. */
export class StandIns {
  private readonly ports: Map<string, number>;
  private readonly others = new Map<string, string>();

  static async create(): Promise<StandIns> {
    return new StandIns(await freePort());
  }

  private constructor(port: number) {
    this.ports = new Map([[DEFAULT_PORT, port]]);
  }

  /** The port that 4000 stands for: the one that a server of the document listens on. */
  get port(): number {
    return this.ports.get(DEFAULT_PORT) ?? 0;
  }

  set(example: string, real: string): void {
    this.others.set(example, real);
  }

  async apply(text: string): Promise<string> {
    for (const [shown] of text.matchAll(SHOWN_PORT)) {
      if (!this.ports.has(shown)) this.ports.set(shown, await freePort());
    }
    const server = `127.0.0.1:${this.port}`;
    let replaced = text
      .replaceAll(SHOWN_PORT, (shown) => String(this.ports.get(shown)))
      .replaceAll(EXAMPLE.server, `http://${server}`)
      .replaceAll(EXAMPLE.server.replace("https", "wss"), `ws://${server}`);
    for (const [example, real] of this.others) replaced = replaced.replaceAll(example, real);
    return replaced;
  }
}
