import type { Event } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";

export const Commit = builder.objectRef<Event>("Commit").implement({
  description: "The transaction that wrote an event. Its events are adjacent in the log.",
  fields: (t) => ({
    // not `id`: caches take a type and an id for one object, and the events of a transaction differ in `index`
    commitId: t.string({
      description: "The id of the transaction, the same for all its events.",
      resolve: ({ commitId }) => commitId,
    }),
    size: t.int({ description: "The number of events in the transaction.", resolve: ({ commitSize }) => commitSize }),
    index: t.int({
      description: "The event's position within the transaction, from 0.",
      resolve: ({ commitIndex }) => commitIndex,
    }),
  }),
});
