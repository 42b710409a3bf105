import type { Event } from "../../store/generated/client.js";
import { builder } from "../kit/builder.js";

export const Commit = builder.objectRef<Event>("Commit").implement({
  description: "The transaction that an event was a part of. Its events come one after the other.",
  fields: (t) => ({
    id: t.id({ description: "The same for all events of the transaction.", resolve: ({ commitId }) => commitId }),
    size: t.int({ description: "How many events the transaction has.", resolve: ({ commitSize }) => commitSize }),
    index: t.int({ description: "This event's place among them, from 0.", resolve: ({ commitIndex }) => commitIndex }),
  }),
});
