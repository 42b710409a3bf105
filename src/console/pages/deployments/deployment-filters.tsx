import { ChoiceChips } from "../../filters/choice-chips";
import { RemovableChip } from "../../filters/removable-chip";
import { SearchBox } from "../../filters/search-box";
import { CONDITIONS, type DeploymentSearch } from "./deployment-search";
import type { DeploymentsResult } from "./deployments-query";

interface Props {
  readonly search: DeploymentSearch;
  readonly change: (next: DeploymentSearch) => void;
  readonly counts: DeploymentsResult | undefined;
}

const NAMES = { drifted: "Drifted", stale: "Stale reports", unwell: "Not healthy" } as const;

/** The conditions with how many deployments are in them, whatever else is filtered. */
export function DeploymentFilters({ search, change, counts }: Props) {
  return (
    <search className="filters row">
      <SearchBox
        label="Search deployments by model or endpoint"
        placeholder="Model or endpoint"
        value={search.q}
        change={(q) => change({ ...search, q })}
      />
      <ChoiceChips
        values={CONDITIONS}
        chosen={search.only}
        choose={(only) => change({ ...search, only })}
        label={(condition) => (
          <>
            {NAMES[condition]} {counts && <strong>{counts[condition].totalCount.toLocaleString()}</strong>}
          </>
        )}
      />
      {search.environment && (
        <RemovableChip remove={() => change({ ...search, environment: undefined })}>
          in {search.environment}
        </RemovableChip>
      )}
    </search>
  );
}
