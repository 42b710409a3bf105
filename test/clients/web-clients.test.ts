import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { EventSource } from "eventsource";
import { createClient } from "graphql-ws";
import { createOperationDescriptor, Environment, fetchQuery, Network, RecordSource, Store } from "relay-runtime";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "urql";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { startTcpProxy } from "../support/process/tcp-proxy.js";
import { listen } from "./generated/events.js";
import pageQuery from "./generated/relay/modelsPageQuery.graphql.js";
import paginationQuery from "./generated/relay/modelsPaginationQuery.graphql.js";
import {
  listenMissResume,
  type Message,
  PROMOTE,
  promotion,
  REGISTER,
  type Registry,
  registration,
  startRegistry,
  WATCH,
} from "./registry.js";

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry();
  for (const name of ["page-a", "page-b", "page-c"]) await registry.data(REGISTER, registration(name));
});
afterAll(() => registry?.stop());

const only = (model: string) => ({ models: [model], to: ["PRODUCTION"] });

function apollo(token: string) {
  const authorization = `Bearer ${token}`;
  const url = registry.url.replace(/^http/, "ws");
  const socket = createClient({ url, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 });
  return new ApolloClient({
    cache: new InMemoryCache({
      typePolicies: { Query: { fields: { models: relayStylePagination(["where", "orderBy"]) } } },
    }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === "subscription",
      new GraphQLWsLink(socket),
      new HttpLink({ uri: registry.url, headers: { authorization } }),
    ),
  });
}

test("Apollo's persisted-query link sends the document when the server has no list of operations", async () => {
  const bodies: { query?: string }[] = [];
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new PersistedQueryLink({ sha256: (text) => createHash("sha256").update(text).digest("hex") }).concat(
      new HttpLink({
        uri: registry.url,
        headers: { authorization: `Bearer ${registry.token}` },
        fetch(url, init) {
          bodies.push(JSON.parse(String(init?.body)));
          return fetch(url, init);
        },
      }),
    ),
  });
  const query = gql`query ($name: String!) { model(name: $name) { name } }`;
  for (const name of ["page-a", "page-b"]) {
    const { data } = await client.query({ query, variables: { name } });
    expect(data).toMatchObject({ model: { name } });
  }
  // a hash, its refusal, and from then on documents only
  expect(bodies.map((body) => "query" in body)).toEqual([false, true, true]);
});

test("Apollo Client registers, promotes, pages, is refused with reasons, and resumes a subscription", async () => {
  const client = apollo(registry.token);
  const made = await client.mutate({ mutation: gql(REGISTER), variables: registration("apollo") });
  expect(made.data).toMatchObject({ createModelVersion: { modelVersion: { number: 1 } } });
  await client.mutate({ mutation: gql(PROMOTE), variables: promotion("apollo", 1) });

  const stale = await client
    .mutate({ mutation: gql(PROMOTE), variables: promotion("apollo", 1) })
    .catch((error) => error);
  expect(CombinedGraphQLErrors.is(stale) && stale.errors[0]?.extensions).toMatchObject({
    code: "CONFLICT",
    retryable: false,
  });
  const refused = await apollo(registry.reader)
    .mutate({ mutation: gql(REGISTER), variables: registration("apollo") })
    .catch((error) => error);
  expect(CombinedGraphQLErrors.is(refused) && refused.errors[0]?.extensions).toMatchObject({
    code: "FORBIDDEN",
    requiredScopes: ["models:write"],
  });

  const query = gql`query ($first: Int!, $after: String, $where: ModelFilter) {
    models(first: $first, after: $after, where: $where) { edges { node { id name } } pageInfo { hasNextPage endCursor } }
  }`;
  interface Page {
    readonly models: { edges: { node: { name: string } }[]; pageInfo: { endCursor: string } };
  }
  const variables = { first: 2, where: { name: { startsWith: "page-" } } };
  const first = await client.query<Page>({ query, variables });
  const list = client.watchQuery<Page>({ query, variables });
  const shown = list.subscribe(() => {});
  await list.fetchMore({ variables: { after: first.data?.models.pageInfo.endCursor } });
  shown.unsubscribe();
  const merged = client.readQuery<Page>({ query, variables });
  expect(merged?.models.edges.map(({ node }) => node.name)).toEqual(["page-a", "page-b", "page-c"]);

  const seen = await listenMissResume(registry, "apollo", (after, tell, fail) => {
    const variables = { after, where: only("apollo") };
    const stream = client.subscribe<Message>({ query: gql(WATCH), variables, fetchPolicy: "no-cache" });
    const subscription = stream.subscribe(({ data, error }) => (error ? fail(error) : data && tell(data as Message)));
    return () => subscription.unsubscribe();
  });
  expect(seen).toEqual([2, 3, 4, 5]);
});

function urql(token: string) {
  const authorization = `Bearer ${token}`;
  const url = registry.url.replace(/^http/, "ws");
  const socket = createClient({ url, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 });
  const forwardSubscription = ({ query = "", variables }: { query?: string; variables?: Record<string, unknown> }) => ({
    subscribe: (sink: Parameters<typeof socket.subscribe>[1]) => ({
      unsubscribe: socket.subscribe({ query, variables: variables ?? null }, sink),
    }),
  });
  return new Client({
    url: registry.url,
    preferGetMethod: false,
    fetchOptions: { headers: { authorization } },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({ forwardSubscription: forwardSubscription as never }),
    ],
  });
}

test("urql registers, promotes, reads again what it changed, is refused with reasons, and resumes a subscription", async () => {
  const client = urql(registry.token);
  const holder = () =>
    client.query("query ($name: String!) { model(name: $name) { id stageHolder(stage: PRODUCTION) { id number } } }", {
      name: "urql",
    });
  const made = await client.mutation(REGISTER, registration("urql"));
  expect(made.data).toMatchObject({ createModelVersion: { modelVersion: { number: 1 } } });
  expect((await holder()).data?.model.stageHolder).toBeNull();
  const promote = `mutation ($input: TransitionModelVersionInput!) {
    transitionModelVersion(input: $input) { transition { to modelVersion { model { id } } } }
  }`;
  expect((await client.mutation(promote, promotion("urql", 1))).error).toBeUndefined();
  expect((await holder()).data?.model.stageHolder.number).toBe(1);

  const stale = await client.mutation(promote, promotion("urql", 1));
  expect(stale.error?.graphQLErrors[0]?.extensions).toMatchObject({ code: "CONFLICT", retryable: false });
  const refused = await urql(registry.reader).mutation(REGISTER, registration("urql"));
  expect(refused.error?.graphQLErrors[0]?.extensions).toMatchObject({
    code: "FORBIDDEN",
    requiredScopes: ["models:write"],
  });

  const seen = await listenMissResume(registry, "urql", (after, tell, fail) => {
    const { unsubscribe } = client
      .subscription<Message>(WATCH, { after, where: only("urql") })
      .subscribe(({ data, error }) => (error ? fail(error) : data && tell(data)));
    return unsubscribe;
  });
  expect(seen).toEqual([2, 3, 4, 5]);
});

test("Relay's compiled queries run, and its store joins the pages of a connection", async () => {
  const network = Network.create(async ({ text }, variables) => registry.request(text ?? "", variables) as never);
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  const where = { name: { startsWith: "page-" } };
  await fetchQuery(environment, pageQuery, { first: 2, where }).toPromise();
  const operation = createOperationDescriptor(pageQuery, { first: 2, where });
  environment.retain(operation);
  const connection = () =>
    Object.values(environment.getStore().getSource().toJSON()).find(
      (record) =>
        record?.__typename === "ModelConnection" && String(record.__id).includes("__models_models_connection"),
    ) as { edges: { __refs: unknown[] }; pageInfo: { __ref: string } };
  expect(connection().edges.__refs).toHaveLength(2);
  const { endCursor } = environment.getStore().getSource().get(connection().pageInfo.__ref) as { endCursor: string };
  await fetchQuery(environment, paginationQuery, { first: 2, after: endCursor, where }).toPromise();
  expect(connection().edges.__refs).toHaveLength(3);
});

const sse = (query: string, variables: object) => ({
  method: "POST",
  headers: {
    "content-type": "application/json",
    accept: "text/event-stream",
    authorization: `Bearer ${registry.token}`,
  },
  body: JSON.stringify({ query, variables }),
});

test("server-sent events by fetch alone resume", async () => {
  const seen = await listenMissResume(registry, "fetch", (after, tell, fail) => {
    const stopped = new AbortController();
    const read = async () => {
      const response = await fetch(registry.url, {
        ...sse(WATCH, { after, where: only("fetch") }),
        signal: stopped.signal,
      });
      let text = "";
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const events = (text + chunk).split("\n\n");
        text = events.pop() ?? "";
        for (const event of events) {
          const data = /^event: next\ndata: (.*)$/m.exec(event)?.[1];
          if (data) tell(JSON.parse(data).data);
        }
      }
    };
    read().catch((error) => stopped.signal.aborted || fail(error));
    return () => stopped.abort();
  });
  expect(seen).toEqual([1, 2, 3, 4]);
});

test("an EventSource that may set headers resumes", async () => {
  const seen = await listenMissResume(registry, "source", (after, tell, fail) => {
    const source = new EventSource(registry.url, {
      fetch: (url, init) => fetch(url, { ...init, ...sse(WATCH, { after, where: only("source") }) } as RequestInit),
    });
    source.addEventListener("next", ({ data }) => tell(JSON.parse(data).data));
    source.addEventListener("error", ({ message }) => fail(new Error(message)));
    return () => source.close();
  });
  expect(seen).toEqual([1, 2, 3, 4]);
});

test("the EventSource of the README loses and doubles nothing while its connection is cut and made again", async () => {
  const { hostname, port } = new URL(registry.url);
  const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  const [moves, refusals]: [number[], unknown[]] = [[], []];
  const { head } = await registry.data("{ head { cursor } }", {});
  const source = listen({
    url: `http://127.0.0.1:${proxy.port}/graphql`,
    token: async () => registry.token,
    after: head.cursor,
    onMove: ({ modelName, versionNumber }) => void (modelName === "events" && moves.push(versionNumber)),
    onRefusal: (refusal) => void refusals.push(refusal),
  });
  try {
    for (const [number, isCut] of [
      [1, false],
      [2, true],
      [3, false],
      [4, true],
      [5, false],
    ] as const) {
      if (isCut) await proxy.cut();
      await registry.release("events", `events-${number}`);
      if (isCut) await proxy.restore();
      await expect.poll(() => moves.at(-1)).toBe(number);
    }
    expect(moves).toEqual([1, 2, 3, 4, 5]);
    expect([refusals, source.readyState]).toEqual([[], source.OPEN]);
  } finally {
    source.close();
    await proxy.cut();
  }
});

test("the EventSource of the README ends with a refusal that would come again", async () => {
  const refusal = await new Promise<{ extensions: object }>((resolve) => {
    const onMove = () => {};
    listen({ url: registry.url, token: async () => registry.token, after: "no cursor", onMove, onRefusal: resolve });
  });
  expect(refusal.extensions).toMatchObject({ code: "INVALID_INPUT", field: "after" });
});
