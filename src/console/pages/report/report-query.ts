import { graphql, type ResultOf } from "../../graphql/graphql";
import { RuleResult } from "../version/version-query";

export const REPORT = graphql(
  `
    query ConsoleReport($revision: Long!) {
      promotionReport(where: { revision: $revision }, first: 1) {
        nodes {
          revision
          eventId
          at
          modelName
          currentModelName
          versionNumber
          digest
          stage
          alias
          fromStage
          previousVersionNumber
          heldBefore
          actor { subject name issuer kind }
          reason
          decision {
            isRollback
            overrideReason
            overrideReview { at comment reviewer { subject name issuer } }
            onBehalfOf { subject name issuer }
            policies { name revision mode }
            rules { ...RuleResult }
          }
          request {
            requestId
            createdAt
            reason
            round
            requestedBy { subject name issuer }
            reviews { at verdict comment round reviewer { subject name issuer } }
          }
          served { from until }
          left { at toStage reason revision actor { subject name issuer } }
          next { at versionNumber heldBefore revision }
          proof { state hash }
          notes
        }
      }
      head { revision at }
    }
  `,
  [RuleResult],
);

export type ReportData = ResultOf<typeof REPORT>["promotionReport"]["nodes"][number];
export type HeadData = ResultOf<typeof REPORT>["head"];
