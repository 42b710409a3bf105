import { FILTER_SCOPE } from "../../domain/access/scopes.js";
import { requireScopes } from "../../registry/command.js";
import type { View } from "../../store/across/view.js";
import type { Context } from "../kit/context.js";

const VIEWS: Readonly<Record<string, View>> = { DELETED_ONLY: ["ONLY"], ALL: ["EXCLUDE", "ONLY"] };

/** What a search lists. MLflow ignores what it does not know. Deleted rows are shown to who may restore them. */
export function viewOf({ viewer }: Context, viewType: string | undefined): View {
  const view = VIEWS[viewType?.toUpperCase() ?? ""] ?? (["EXCLUDE"] as const);
  if (view.includes("ONLY")) requireScopes(viewer, [FILTER_SCOPE["deleted: ONLY of runs"]], `view_type ${viewType}`);
  return view;
}
