import { Cross2Icon, MagnifyingGlassIcon } from "@radix-ui/react-icons";
import type { ReactNode } from "react";
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
    <search className="model-filters row">
      <div className="search-box">
        <MagnifyingGlassIcon aria-hidden />
        <input
          type="search"
          aria-label="Search models by name, description or tag (key=value)"
          placeholder="Name, description or tag=value"
          data-shortcut="/"
          value={search.q ?? ""}
          onChange={({ target }) => change({ ...search, q: target.value || undefined })}
        />
      </div>
      {STAGES.map((stage) => (
        <button
          key={stage}
          type="button"
          className="chip"
          aria-pressed={search.stage === stage}
          onClick={() => change({ ...search, stage: search.stage === stage ? undefined : stage })}
        >
          In {stage}
        </button>
      ))}
      {search.tag && <Chip remove={() => without("tag")}>tag {search.tag}</Chip>}
      {search.alias && <Chip remove={() => without("alias")}>alias {search.alias}</Chip>}
      {search.by && <Chip remove={() => without("by")}>by {search.by}</Chip>}
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

function Chip({ remove, children }: { remove: () => void; children: ReactNode }) {
  return (
    <button type="button" className="chip" aria-pressed onClick={remove}>
      {children} <Cross2Icon aria-label="Remove this filter" />
    </button>
  );
}
