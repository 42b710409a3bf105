// provisional, until the transport engineer's server arrives
import { createServer } from "node:http";
import { GraphQLError } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { createYoga } from "graphql-yoga";
import { uuidv7 } from "uuidv7";
import { WebSocketServer } from "ws";
import { createTokenVerifier } from "../../src/auth/token-verifier.js";
import { RegistryError } from "../../src/domain/errors.js";
import { createContext } from "../../src/graphql/context.js";
import { readHeadFirst } from "../../src/graphql/head.js";
import { schema } from "../../src/graphql/schema.js";
import type { Database } from "../../src/store/database.js";
import { translateDatabaseError } from "../../src/store/errors.js";
import { createEventTail } from "../../src/store/event-tail.js";
import { TEST_AUDIENCE, TEST_ISSUER, TEST_PUBLIC_KEY } from "./server.js";

export async function startServerOn(database: Database): Promise<{ url: string; stop(): Promise<void> }> {
  const now = () => new Date();
  const verifier = createTokenVerifier({ issuer: TEST_ISSUER, audience: TEST_AUDIENCE, algorithms: ["ES256"], keys: { publicKey: TEST_PUBLIC_KEY }, now });
  const events = createEventTail(database, console);
  await events.start();
  const services = { prisma: database.prisma, events, complexityLimit: 20_000, now, newId: uuidv7, allowFileSource: false };
  const context = async (authorization: string | null | undefined) => createContext(services, await verifier.verify((authorization ?? "").replace(/^Bearer /, "")), uuidv7());
  const mask = (error: unknown) => {
    const cause = error instanceof GraphQLError ? error.originalError ?? error : error;
    const known = cause instanceof RegistryError ? cause : translateDatabaseError(cause);
    if (known) return new GraphQLError(known.message, { ...(error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {}), extensions: known.extensions });
    if (error instanceof GraphQLError && !error.originalError) return error;
    console.error(cause);
    return new GraphQLError("internal", { ...(error instanceof GraphQLError ? { path: error.path } : {}), extensions: { code: "INTERNAL" } });
  };
  const yoga = createYoga({ schema, logging: false, maskedErrors: { maskError: mask as never }, context: ({ request, ws }: any) => (ws ? ws : context(request.headers.get("authorization"))) as never,
    plugins: [{ async onExecute({ args }: any) { await readHeadFirst(args.contextValue, args.document, args.operationName); } }] });
  const server = createServer(yoga as never);
  const wss = new WebSocketServer({ server, path: "/graphql" });
  useServer({
    execute: (args: any) => args.rootValue.execute(args), subscribe: (args: any) => args.rootValue.subscribe(args),
    onSubscribe: async (ctx, _id, params) => {
      const c = await context((ctx.connectionParams as any)?.authorization);
      const { schema, execute, subscribe, parse } = yoga.getEnveloped({ ws: c });
      return { schema, operationName: params.operationName, document: parse(params.query), variableValues: params.variables, contextValue: c, rootValue: { execute, subscribe } } as never;
    },
    onError: (_ctx: any, _id: any, _p: any, errors: any) => errors.map(mask),
    onNext: (_ctx: any, _id: any, _p: any, _a: any, result: any) => result.errors ? { ...result, errors: result.errors.map(mask) } : result,
  } as never, wss);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/graphql`, async stop() { await events.stop(); wss.close(); server.closeAllConnections(); server.close(); } };
}
