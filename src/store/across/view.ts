import type { Viewer } from "../../domain/access/actor.js";
import type { Deleted } from "../access/visibility.js";
import { type Aliases, sees } from "../access/visibility-sql.js";
import { Prisma } from "../generated/client.js";

/** Living rows, deleted rows, or both. */
export type View = readonly Deleted[];

/** Whether the viewer may see the row, and it is one of the view. */
export function inView(
  noun: "Experiment" | "Run",
  viewer: Viewer,
  { aliases, view }: { readonly aliases: Aliases; readonly view: View },
): Prisma.Sql {
  return Prisma.sql`(${Prisma.join(
    view.map((deleted) => sees(noun, viewer, aliases, deleted)),
    " OR ",
  )})`;
}
