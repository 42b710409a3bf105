import type { ResultOf } from "@graphql-typed-document-node/core";
import { graphql } from "../generated/codegen/index.js";

export const holder = graphql(`
  query Holder($name: String!) {
    model(name: $name) {
      createdAt
      stageHolder(stage: PRODUCTION) { number }
    }
  }
`);

type Holder = ResultOf<typeof holder>;
export const day = (answer: Holder): string | undefined => answer.model?.createdAt.slice(0, 10);
// @ts-expect-error the query does not ask for the description
export const wrong = (answer: Holder) => answer.model?.description;
