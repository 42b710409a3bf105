import type { GraphQLResolveInfo } from "graphql";

/** Makes a selection of rows, with what the select functions of fields may look at. */
type MakeSelection<Selection> = (context: object) => Selection;

/**
 * The `info` of a field of a prepared operation (prepared/README.md). It keeps the selections that its resolver makes, which
 * are the same for each request with the same rights and the same arguments below.
 */
export interface SelectionKeeper {
  keepSelection<Selection extends object>(key: string, make: MakeSelection<Selection>): Selection;
}

/** Makes a selection, or returns the one that was made for an earlier request. */
export function plannedSelection<Selection extends object>(
  { context, info }: { readonly context: object; readonly info: GraphQLResolveInfo },
  key: string,
  make: MakeSelection<Selection>,
): Selection {
  return isKeeper(info) ? info.keepSelection(key, make) : make(context);
}

function isKeeper(info: GraphQLResolveInfo): info is GraphQLResolveInfo & SelectionKeeper {
  return "keepSelection" in info;
}
