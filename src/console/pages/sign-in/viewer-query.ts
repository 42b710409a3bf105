import { graphql } from "../../graphql/graphql";

export const VIEWER = graphql(`
  query ConsoleViewer {
    viewer { actor { subject name } scopes scopeClaims }
  }
`);
