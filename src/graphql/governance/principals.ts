import { builder } from "../kit/builder.js";

export const PrincipalsInput = builder.inputType("PrincipalsInput", {
  description:
    "Who counts, by the token that wrote: one of each list that is given, at least one list, at most 100 entries each. An author from before authors were kept counts for nobody.",
  fields: (t) => ({
    subjects: t.stringList({ description: "One of these is the `sub` of the token." }),
    issuers: t.stringList({ description: "One of these is the `iss` of the token." }),
    groups: t.stringList({ description: "The token names one of these groups." }),
    scopes: t.stringList({
      description: "The token holds one of these scopes. `admin` stands for all of them but `policies:override`.",
    }),
  }),
});
