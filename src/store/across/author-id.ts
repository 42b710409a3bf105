import type { Author } from "../../domain/access/author.js";
import { Prisma } from "../generated/client.js";

/**
 * The id of the author, for a statement that writes. It is a query of its own, so that the statement evaluates it once and not
 * for each row.
 */
export function authorId(author: Author): Prisma.Sql {
  return Prisma.sql`(SELECT "author_id"(${JSON.stringify(author)}::json))`;
}
