import { afterAll, beforeAll, expect } from "vitest";
import { type As, type GraphQLAnswer, startTestServer, type TestServer } from "../support/server.js";

type Extensions = NonNullable<GraphQLAnswer["errors"]>[number]["extensions"];

/** The error of a refused mutation. */
type Refusal = Partial<Extensions> & { readonly message: string | undefined };

/** An event as the table holds it. */
export interface WrittenEvent {
  readonly type: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly experimentName: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** A server for the tests of a file, with what most tests of commands need. */
class CommandServer {
  server!: TestServer;

  /** Sends a document, and again while the server refuses it as too busy, which it may be on a loaded machine. */
  async request(document: string, variables?: Record<string, unknown>, as?: As): Promise<GraphQLAnswer> {
    for (;;) {
      const answer = await this.server.request(document, variables, as);
      if (answer.errors?.[0]?.extensions.code !== "UNAVAILABLE") return answer;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The same, and its data. Throws on an error. */
  async data(document: string, variables?: Record<string, unknown>, as?: As): Promise<GraphQLAnswer["data"]> {
    const { data, errors } = await this.request(document, variables, as);
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Executes one or more mutations, given without the braces around them. Throws on an error. */
  mutate(mutations: string, as?: As): Promise<GraphQLAnswer["data"]> {
    return this.data(`mutation { ${mutations} }`, {}, as);
  }

  async revision(): Promise<number> {
    return (await this.data("{ head { revision } }")).head.revision;
  }

  /** How many events commands have written. Once a minute the registry itself marks requests that are out of date. */
  async written(): Promise<number> {
    const { rows } = await this.server.database.pool.query(
      `SELECT count(*)::int AS "events" FROM "Event"
        WHERE "type" NOT IN ('promotion_request.expired', 'promotion_request.outdated')`,
    );
    return rows[0].events;
  }

  /** The error of a document that must be refused, as its message and extensions. Checks that no event was written. */
  async refusal(document: string, variables?: Record<string, unknown>, as?: As): Promise<Refusal> {
    const before = await this.written();
    const { data, errors } = await this.request(document, variables, as);
    expect(data ?? null).toBeNull();
    expect(await this.written(), "no event was written").toBe(before);
    return { message: errors?.[0]?.message, ...errors?.[0]?.extensions };
  }

  /** The same for one mutation, given without its selection. */
  refusalOf(mutation: string, as?: As): Promise<Refusal> {
    return this.refusal(`mutation { ${mutation} { __typename } }`, {}, as);
  }

  /** Sends mutations at once. Returns the code of each error, and OK for the others, in their order. */
  async race(...mutations: (readonly [mutation: string, as: As])[]): Promise<string[]> {
    const answers = await Promise.all(
      mutations.map(([mutation, as]) => this.request(`mutation { ${mutation} { __typename } }`, {}, as)),
    );
    return answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "OK");
  }

  /** The events after a revision, oldest first. */
  async eventsSince(revision: number): Promise<WrittenEvent[]> {
    const { rows } = await this.server.database.pool.query(
      `SELECT * FROM "Event" WHERE "revision" > $1 ORDER BY "revision"`,
      [revision],
    );
    return rows.map(({ type, subjectType, subjectId, experimentName, body }) => {
      const { before, after } = JSON.parse(body);
      return { type, subjectType, subjectId, experimentName, before, after };
    });
  }

  async newestEvent(): Promise<WrittenEvent | undefined> {
    const [event] = await this.eventsSince((await this.revision()) - 1);
    return event;
  }
}

/** Starts the server, and executes the mutations before the tests. */
export function useCommandServer(seed = ""): CommandServer {
  const commands = new CommandServer();
  beforeAll(async () => {
    commands.server = await startTestServer();
    if (seed !== "") await commands.mutate(seed);
  });
  afterAll(() => commands.server.stop());
  return commands;
}
