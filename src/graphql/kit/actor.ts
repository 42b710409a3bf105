import type { Actor as DomainActor } from "../../domain/access/actor.js";
import { builder } from "./builder.js";

const ActorKind = builder.enumType("ActorKind", {
  description: "The kind of an actor.",
  values: {
    USER: { description: "A person." },
    MACHINE: { description: "A program, such as a pipeline, a deploy watcher or a service." },
  } as const,
});

export const Actor = builder.objectRef<DomainActor>("Actor").implement({
  description: "A user or program, as its token identifies it. Issuer and subject together are the identity.",
  fields: (t) => ({
    subject: t.exposeString("subject", { description: "The `sub` of the token (RFC 7519 §4.1.2)." }),
    issuer: t.exposeString("issuer", { description: "The `iss` of the token (RFC 7519 §4.1.1)." }),
    name: t.exposeString("name", { nullable: true, description: "A display name; null if the token has none." }),
    kind: t.field({
      type: ActorKind,
      description: "Whether it is a person or a program.",
      resolve: ({ kind }) => kind,
    }),
  }),
});

export const CREATED_BY = {
  createdByIssuer: true,
  createdBySubject: true,
  createdByName: true,
  createdByKind: true,
} as const;

/** The actor of an author: a relation to select. */
export const AUTHOR = { select: { issuer: true, subject: true, name: true, kind: true } } as const;

export const ACTED_BY = {
  actorIssuer: true,
  actorSubject: true,
  actorName: true,
  actorKind: true,
} as const;

/** The actor in the `actor…` columns of a row of history. */
export function actedBy(row: {
  actorIssuer: string;
  actorSubject: string;
  actorName: string | null;
  actorKind: DomainActor["kind"];
}): DomainActor {
  return { issuer: row.actorIssuer, subject: row.actorSubject, name: row.actorName, kind: row.actorKind };
}

export const ON_BEHALF_OF = {
  onBehalfOfIssuer: true,
  onBehalfOfSubject: true,
  onBehalfOfName: true,
  onBehalfOfKind: true,
} as const;

/** The actor in the `onBehalfOf…` columns of a row of history; null if the actor did it for nobody else. */
export function onBehalfOf(row: {
  onBehalfOfIssuer: string | null;
  onBehalfOfSubject: string | null;
  onBehalfOfName: string | null;
  onBehalfOfKind: DomainActor["kind"] | null;
}): DomainActor | null {
  const { onBehalfOfIssuer: issuer, onBehalfOfSubject: subject, onBehalfOfName: name, onBehalfOfKind: kind } = row;
  return issuer === null || subject === null || kind === null ? null : { issuer, subject, name, kind };
}
