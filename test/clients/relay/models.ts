import { graphql } from "relay-runtime";

export const query = graphql`
  query modelsPageQuery($first: Int!, $where: ModelFilter) {
    ...models_page @arguments(first: $first, where: $where)
  }
`;

export const page = graphql`
  fragment models_page on Query
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }, where: { type: "ModelFilter" })
  @refetchable(queryName: "modelsPaginationQuery") {
    models(first: $first, after: $after, where: $where) @connection(key: "models_models") {
      edges {
        node {
          name
          createdAt
        }
      }
    }
  }
`;
