import { ChoiceChips } from "../../filters/choice-chips";
import { RemovableChip } from "../../filters/removable-chip";
import { SearchBox } from "../../filters/search-box";
import { RUN_STATUSES, type RunSearch } from "./run-search";

interface Props {
  readonly search: RunSearch;
  readonly change: (next: RunSearch) => void;
}

export function RunFilters({ search, change }: Props) {
  return (
    <search className="filters row">
      <SearchBox
        label="Filter runs by name, metric or param, with commas between the conditions"
        placeholder="name, auc > 0.9, max_depth = 6"
        value={search.q}
        change={(q) => change({ ...search, q })}
      />
      <ChoiceChips values={RUN_STATUSES} chosen={search.status} choose={(status) => change({ ...search, status })} />
      {search.experiment && (
        <RemovableChip remove={() => change({ ...search, experiment: undefined })}>
          in {search.experiment}
        </RemovableChip>
      )}
    </search>
  );
}
