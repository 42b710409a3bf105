import type { Viewer as DomainViewer } from "../../domain/access/actor.js";
import { SCOPES, type Scope } from "../../domain/access/scopes.js";
import { Actor } from "../kit/actor.js";
import { builder } from "../kit/builder.js";

const Viewer = builder.objectRef<DomainViewer>("Viewer").implement({
  description: "Who is asking, and what the token allows.",
  fields: (t) => ({
    actor: t.expose("actor", { type: Actor, description: "Who the token speaks for." }),
    scopes: t.stringList({
      description: "The scopes that the token holds, of those that Shelfmark knows.",
      resolve: ({ scopes }) => SCOPES.filter((scope: Scope) => scopes.has(scope)),
    }),
    modelGlobs: t.stringList({
      nullable: true,
      description: "The globs of the token's `models` claim, which narrow every scope; null = all models, [] = none.",
      resolve: ({ modelGlobs }) => (modelGlobs ? [...modelGlobs] : null),
    }),
    experimentGlobs: t.stringList({
      nullable: true,
      description:
        "The globs of the token's `experiments` claim, which narrow experiments, their runs and the data of these; null = all, or, for a token with a `models` claim, what produced or read a version that it covers.",
      resolve: ({ experimentGlobs }) => (experimentGlobs ? [...experimentGlobs] : null),
    }),
    environmentGlobs: t.stringList({
      nullable: true,
      description: "The globs of the token's `environments` claim, which narrow deployments; null = all.",
      resolve: ({ environmentGlobs }) => (environmentGlobs ? [...environmentGlobs] : null),
    }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: "When the token expires." }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({
    type: Viewer,
    description: "Who is asking. Asks for no scope.",
    resolve: (_root, _args, { viewer }) => viewer,
  }),
);
