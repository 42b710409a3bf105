import { ChoiceChips } from "../../filters/choice-chips";
import { RemovableChip } from "../../filters/removable-chip";
import { SearchBox } from "../../filters/search-box";
import { type ModelSearch, ORDERS, STAGES } from "./model-search";

interface Props {
  readonly search: ModelSearch;
  readonly change: (next: ModelSearch) => void;
}

const ORDER_NAMES = { name: "Name", updated: "Last updated", created: "Newest" } as const;

/** All of it is in the address, so that a link shows the same. */
export function ModelFilters({ search, change }: Props) {
  const without = (key: keyof ModelSearch) => change({ ...search, [key]: undefined });
  return (
    <search className="filters row">
      <SearchBox
        label="Search models by name, description or tag (key=value)"
        placeholder="Name, description or tag=value"
        value={search.q}
        change={(q) => change({ ...search, q })}
      />
      <ChoiceChips
        values={STAGES}
        chosen={search.stage}
        choose={(stage) => change({ ...search, stage })}
        label={(stage) => `In ${stage}`}
      />
      {search.tag && <RemovableChip remove={() => without("tag")}>tag {search.tag}</RemovableChip>}
      {search.alias && <RemovableChip remove={() => without("alias")}>alias {search.alias}</RemovableChip>}
      {search.by && <RemovableChip remove={() => without("by")}>by {search.by}</RemovableChip>}
      <label className="row order">
        <span className="muted">Order</span>
        <select
          value={search.order ?? "updated"}
          onChange={({ target }) => change({ ...search, order: ORDERS.find((order) => order === target.value) })}
        >
          {ORDERS.map((order) => (
            <option key={order} value={order}>
              {ORDER_NAMES[order]}
            </option>
          ))}
        </select>
      </label>
    </search>
  );
}
