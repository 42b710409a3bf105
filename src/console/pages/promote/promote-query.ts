import { graphql } from "../../graphql/graphql";
import { RuleResult } from "../version/version-query";

export const PREVIEW = graphql(
  `
    query ConsolePreview($version: ModelVersionRef!, $stage: Stage!, $reason: String) {
      previewPromotion(version: $version, target: { stage: $stage }, archiveExisting: true, reason: $reason) {
        allowed
        obstacles
        policies { name mode revision }
        rules { ...RuleResult }
      }
    }
  `,
  [RuleResult],
);

export const PROMOTE = graphql(`
  mutation ConsolePromote($input: TransitionModelVersionInput!) {
    transitionModelVersion(input: $input) {
      modelVersion { id stage model { id stages { stage count since current { id number } } } }
      archived { id stage }
    }
  }
`);

export const REQUEST = graphql(`
  mutation ConsoleRequest($input: RequestPromotionInput!) {
    requestPromotion(input: $input) {
      request { id status }
    }
  }
`);

export const ROLL_BACK = graphql(`
  mutation ConsoleRollBack($input: RollbackInput!) {
    rollback(input: $input) {
      modelVersion { id number stage model { id stages { stage count since current { id number } } } }
    }
  }
`);
