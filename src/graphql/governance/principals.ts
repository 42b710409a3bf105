import { builder } from "../kit/builder.js";

export const PrincipalsInput = builder.inputType("PrincipalsInput", {
  description:
    "Who counts, by the token that was used: the bearer must meet each list that is given. At least one list, and at most 100 entries in each. What was written before authors were kept is from nobody who counts.",
  fields: (t) => ({
    subjects: t.stringList({ description: "The `sub` of the token is one of these." }),
    issuers: t.stringList({ description: "The `iss` of the token is one of these." }),
    groups: t.stringList({ description: "The token names one of these groups." }),
    scopes: t.stringList({
      description: "The token holds one of these scopes. `admin` stands for all of them but `policies:override`.",
    }),
  }),
});
