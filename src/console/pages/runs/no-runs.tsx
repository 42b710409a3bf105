import { Link } from "@tanstack/react-router";
import { Command } from "../../kit/copyable";
import type { RunSearch } from "./run-search";

export function NoRuns({ search: { q, status, experiment, sort } }: { search: RunSearch }) {
  if (q || status || sort)
    return (
      <div className="empty card">
        <h2>No run matches</h2>
        <Link to="/runs" search={experiment ? { experiment } : {}} className="button">
          Clear the filters
        </Link>
      </div>
    );
  return (
    <div className="empty card">
      <h2>{experiment ? `No run in ${experiment}` : "No runs yet"}</h2>
      <p className="muted">Clients of MLflow log here, once they know the address:</p>
      <Command text={`export MLFLOW_TRACKING_URI=${window.location.origin}/mlflow`} />
      <p className="muted">Or log one by hand:</p>
      <Command
        text={`npx shelfmark query -e 'mutation {
  createRun(input: { experiment: { name: ${JSON.stringify(experiment ?? "fraud")} }, createExperiment: true,
    params: [{ key: "depth", value: "6" }] }) { run { runId } }
}'`}
      />
    </div>
  );
}
