"""2 500 metrics in one call, and 2 500 values of one metric: the client sends them in batches of 1 000."""

import mlflow
from mlflow.entities import Metric


def main():
    client = mlflow.MlflowClient()
    mlflow.set_experiment("many metrics")
    with mlflow.start_run() as active:
        mlflow.log_metrics({f"metric/{i}": i / 7 for i in range(2_500)}, step=3)
        client.log_batch(active.info.run_id, [Metric("series", float(i), 1_000 + i, i) for i in range(2_500)])
    run = client.get_run(active.info.run_id)
    assert len(run.data.metrics) == 2_501, len(run.data.metrics)
    assert run.data.metrics["metric/2499"] == 2499 / 7 and run.data.metrics["series"] == 2499.0
    history = client.get_metric_history(active.info.run_id, "series")
    assert [each.value for each in history] == [float(i) for i in range(2_500)]
