import type { ServerProcess } from "../../support/process/server-process.js";
import { type Receiver, startReceiver } from "../../webhooks/receiver.js";

const EVENTS = `subscription ($models: [String!]!) {
  registryEvents(where: { models: $models }) {
    event {
      type
      ... on ModelVersionCreatedEvent { versionNumber }
      ... on AliasSetEvent { versionNumber }
      ... on StageChangedEvent { versionNumber }
      ... on ModelVersionTagSetEvent { versionNumber }
    }
  }
}`;

export interface Watcher {
  /** The next events: the type of each, and the version that it is about. */
  take(count: number): Promise<string[]>;
  stop(): Promise<void>;
}

/** Follows what happens to models, over a subscription that is open when this returns. */
export async function watchEvents(server: ServerProcess, models: readonly string[]): Promise<Watcher> {
  const stream = server.watch(EVENTS, { models });
  const bookmark = await stream.next();
  if (bookmark.value.errors) throw new Error(JSON.stringify(bookmark.value.errors));
  return {
    async take(count) {
      const taken: string[] = [];
      while (taken.length < count) {
        const { event } = (await stream.next()).value.data.registryEvents;
        if (event) taken.push(said(event.type, event.versionNumber));
      }
      return taken;
    },
    async stop() {
      await stream.return?.();
    },
  };
}

/** The same by a webhook. */
export async function watchWebhook(server: ServerProcess, models: readonly string[]): Promise<Watcher> {
  const receiver: Receiver = await startReceiver();
  const create = "mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { secret } }";
  await server.data(create, { input: { url: receiver.url, where: { models } } });
  return {
    async take(count) {
      const received = await receiver.until(count);
      return received.map(({ body: { type, data } }) =>
        said(type.replace("shelfmark.", "").replace(".", "_").toUpperCase(), data.modelVersion?.number),
      );
    },
    stop: () => receiver.stop(),
  };
}

function said(type: string, version: number | undefined): string {
  return version === undefined ? type : `${type} ${version}`;
}
