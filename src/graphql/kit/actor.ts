import type { Actor as DomainActor } from "../../domain/access/actor.js";
import { builder } from "./builder.js";

const ActorKind = builder.enumType("ActorKind", {
  description: "Whether a person or a program acted.",
  values: {
    USER: { description: "A person." },
    MACHINE: { description: "A program: a pipeline, a deploy watcher, a service." },
  } as const,
});

export const Actor = builder.objectRef<DomainActor>("Actor").implement({
  description: "Who did something, as their token said. Issuer and subject together are the identity.",
  fields: (t) => ({
    subject: t.exposeString("subject", { description: "The `sub` of the token (RFC 7519 §4.1.2)." }),
    issuer: t.exposeString("issuer", { description: "The `iss` of the token (RFC 7519 §4.1.1)." }),
    name: t.exposeString("name", { nullable: true, description: "A name for people to read, if the token had one." }),
    kind: t.field({ type: ActorKind, description: "A person or a program.", resolve: ({ kind }) => kind }),
  }),
});

export const CREATED_BY = {
  createdByIssuer: true,
  createdBySubject: true,
  createdByName: true,
  createdByKind: true,
} as const;

/** The actor in the columns of a row that someone created. */
export function createdBy(row: {
  createdByIssuer: string;
  createdBySubject: string;
  createdByName: string | null;
  createdByKind: DomainActor["kind"];
}): DomainActor {
  return {
    issuer: row.createdByIssuer,
    subject: row.createdBySubject,
    name: row.createdByName,
    kind: row.createdByKind,
  };
}

export const ACTED_BY = {
  actorIssuer: true,
  actorSubject: true,
  actorName: true,
  actorKind: true,
} as const;

/** The actor in the columns of a row of history. */
export function actedBy(row: {
  actorIssuer: string;
  actorSubject: string;
  actorName: string | null;
  actorKind: DomainActor["kind"];
}): DomainActor {
  return { issuer: row.actorIssuer, subject: row.actorSubject, name: row.actorName, kind: row.actorKind };
}
