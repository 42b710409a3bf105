import { Actor } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { Model } from "../models/model.js";

export const Alias = builder.prismaObject("Alias", {
  description: "A movable name for one version of a model, such as `champion`.",
  select: { modelId: true, name: true },
  fields: (t) => ({
    name: t.exposeString("name"),
    modelVersion: t.relation("modelVersion", { description: "The version that the alias points to." }),
    setAt: t.expose("setAt", { type: "DateTime" }),
    setBy: t.field({
      type: Actor,
      description: "Who pointed the alias to this version.",
      select: { setByIssuer: true, setBySubject: true, setByName: true, setByKind: true },
      resolve: (alias) => ({
        issuer: alias.setByIssuer,
        subject: alias.setBySubject,
        name: alias.setByName,
        kind: alias.setByKind,
      }),
    }),
  }),
});

builder.prismaObjectField(Model, "aliases", (t) =>
  t.relation("aliases", {
    type: Alias,
    description: "The model's aliases, ordered by name.",
    query: { orderBy: { name: "asc" } },
  }),
);
