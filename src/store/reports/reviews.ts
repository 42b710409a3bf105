import type { ReportedReview } from "../../domain/reports/reported-promotion.js";
import type { ReportDatabase } from "./promotion-page.js";

/** The reviews of requests, the oldest first, in one statement. A person reviews a round once. */
export async function readReviews(
  db: ReportDatabase,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ReportedReview[]>> {
  const rows = await db.$queryRaw<(ReportedReview & { readonly requestId: string })[]>`
    SELECT w."requestId", w."verdict"::text AS "verdict", w."comment", w."at", w."round",
      json_build_object('issuer', a."issuer", 'subject', a."subject", 'name', a."name", 'kind', a."kind") AS "reviewer"
    FROM "PromotionReview" AS w JOIN "Author" AS a ON a."id" = w."authorId"
    WHERE w."requestId" = ANY (${[...requestIds]}::uuid[]) ORDER BY w."at", w."id"`;
  const reviews = new Map<string, ReportedReview[]>(requestIds.map((id) => [id, []]));
  for (const { requestId, ...review } of rows) reviews.get(requestId)?.push(review);
  return reviews;
}
