import type { Viewer as DomainViewer } from "../../domain/access/actor.js";
import { SCOPES, type Scope } from "../../domain/access/scopes.js";
import { Actor } from "../kit/actor.js";
import { builder } from "../kit/builder.js";

export const Viewer = builder.objectRef<DomainViewer>("Viewer").implement({
  description: "The caller, and what its token allows.",
  fields: (t) => ({
    actor: t.expose("actor", { type: Actor, description: "The actor that the token identifies." }),
    scopes: t.stringList({
      description: "The scopes of the token that Shelfmark knows.",
      resolve: ({ scopes }) => SCOPES.filter((scope: Scope) => scopes.has(scope)),
    }),
    scopeClaims: t.stringList({
      description:
        "The paths of the claims that give scopes to tokens of this issuer: those that list scopes, and those that rules of the server look at. A token without scopes lacks all of them, or has other values there.",
      resolve: ({ scopeClaims = [] }) => [...scopeClaims],
    }),
    modelGlobs: t.stringList({
      nullable: true,
      description: "The globs of the token's `models` claim, which narrows every scope. null = all models, [] = none.",
      resolve: ({ modelGlobs }) => (modelGlobs ? [...modelGlobs] : null),
    }),
    experimentGlobs: t.stringList({
      nullable: true,
      description:
        "The globs of the token's `experiments` claim, which narrows experiments, their runs and the datasets of those runs. null = all; for a token with a `models` claim, null = the runs that produced or read a version that the token covers.",
      resolve: ({ experimentGlobs }) => (experimentGlobs ? [...experimentGlobs] : null),
    }),
    environmentGlobs: t.stringList({
      nullable: true,
      description: "The globs of the token's `environments` claim, which narrows deployments. null = all.",
      resolve: ({ environmentGlobs }) => (environmentGlobs ? [...environmentGlobs] : null),
    }),
    groups: t.stringList({
      description:
        "The groups that the token names, each once, in the order of its claim: `groups`, unless the issuer's settings name another one. Empty if it names none. A token has at most 200 groups of at most 256 characters each; one with more is refused.",
      resolve: ({ groups }) => [...groups],
    }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: "When the token expires." }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({
    type: Viewer,
    description: "The caller. Requires no scope.",
    resolve: (_root, _args, { viewer }) => viewer,
  }),
);
