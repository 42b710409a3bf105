import { useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { DatasetList } from "./dataset-list";
import { LineageView } from "./lineage-view";
import "./lineage-page.css";

/** From a dataset, or any other node, to what it reached; without one, the datasets to start from. */
export function LineagePage() {
  const { of } = useSearch({ from: "/lineage" });
  useEffect(() => {
    document.title = "Lineage · Shelfmark";
  }, []);
  return of === undefined ? <DatasetList /> : <LineageView key={of} of={of} />;
}
