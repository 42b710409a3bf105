import { Link, Navigate, useParams } from "@tanstack/react-router";
import { useQuery } from "urql";
import { Refusal } from "../../kit/refusal";
import { EXPERIMENT_NAME } from "./experiments-query";

/** The runs of the experiment with a number, which is how links of MLflow name it. */
export function ExperimentPage() {
  const { number } = useParams({ from: "/experiments/$number" });
  const isNumber = /^\d{1,9}$/.test(number);
  const [{ data, error, fetching }] = useQuery({
    query: EXPERIMENT_NAME,
    variables: { numbers: isNumber ? [Number(number)] : [] },
  });
  const [found] = data?.experiments.nodes ?? [];
  if (found) return <Navigate to="/runs" search={{ experiment: found.name }} replace />;
  return (
    <main className="page stack">
      {error && <Refusal error={error} />}
      {fetching && <div className="skeleton" />}
      {data && !fetching && (
        <div className="empty card">
          <h1>There is no experiment {number}</h1>
          <p className="muted">It was deleted, or your token does not show it.</p>
          <Link to="/experiments" search={{}} className="button">
            All experiments
          </Link>
        </div>
      )}
    </main>
  );
}
