import { graphql, type ResultOf, type VariablesOf } from "../../graphql/graphql";

export const WebhookRow = graphql(`
  fragment WebhookRow on Webhook @_unmask {
    id
    url
    description
    format
    enabled
    disabledAt
    disabledReason
    createdAt
    createdBy { subject name }
    where { types models stages from to aliases actor { subject issuer } }
  }
`);

export type WebhookData = ResultOf<typeof WebhookRow>;

export const WEBHOOKS = graphql(
  `
    query ConsoleWebhooks($after: String) {
      webhooks(first: 50, after: $after) {
        totalCount
        nodes {
          ...WebhookRow
          pending: deliveries(first: 0, where: { status: [PENDING] }) { totalCount }
          failed: deliveries(first: 0, where: { status: [FAILED] }) { totalCount }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
  `,
  [WebhookRow],
);

export const WEBHOOK = graphql(
  `
    query ConsoleWebhook($id: ID!, $deliveries: Int!, $where: WebhookDeliveryFilter) {
      node(id: $id) {
        __typename
        id
        ... on Webhook {
          ...WebhookRow
          rights { scopes modelGlobs experimentGlobs environmentGlobs }
          deliveries(first: $deliveries, where: $where) {
            totalCount
            nodes {
              id
              messageId
              revision
              eventType
              status
              attempts
              responseCode
              latencyMs
              error
              nextAttemptAt
              createdAt
              deliveredAt
            }
          }
        }
      }
    }
  `,
  [WebhookRow],
);

export type WebhookPageData = Extract<NonNullable<ResultOf<typeof WEBHOOK>["node"]>, { __typename: "Webhook" }>;
export type DeliveryData = WebhookPageData["deliveries"]["nodes"][number];

export const CREATE_WEBHOOK = graphql(
  `
    mutation ConsoleCreateWebhook($input: CreateWebhookInput!) {
      createWebhook(input: $input) { secret webhook { ...WebhookRow } }
    }
  `,
  [WebhookRow],
);

export const UPDATE_WEBHOOK = graphql(
  `
    mutation ConsoleUpdateWebhook($input: UpdateWebhookInput!) {
      updateWebhook(input: $input) { secret webhook { ...WebhookRow } }
    }
  `,
  [WebhookRow],
);

export type WebhookInput = VariablesOf<typeof CREATE_WEBHOOK>["input"];

export const DELETE_WEBHOOK = graphql(`
  mutation ConsoleDeleteWebhook($input: DeleteWebhookInput!) {
    deleteWebhook(input: $input) { deletedId }
  }
`);

export const TEST_WEBHOOK = graphql(`
  mutation ConsoleTestWebhook($input: TestWebhookInput!) {
    testWebhook(input: $input) { delivered responseCode latencyMs error }
  }
`);

export const REDELIVER = graphql(`
  mutation ConsoleRedeliver($input: RedeliverInput!) {
    redeliver(input: $input) { delivery { id status attempts nextAttemptAt } }
  }
`);
