"""Asynchronous logging: calls return at once, and a queue of the client sends batches."""

import mlflow


def main():
    client = mlflow.MlflowClient()
    mlflow.set_experiment("async logging")
    mlflow.config.enable_async_logging()
    try:
        with mlflow.start_run() as active:
            for step in range(300):
                mlflow.log_metric("loss", 1 / (step + 1), step=step)
            mlflow.log_params({f"p{i}": i for i in range(150)})
            mlflow.set_tags({f"t{i}": i for i in range(20)})
            mlflow.flush_async_logging()
    finally:
        mlflow.config.enable_async_logging(False)
    run = client.get_run(active.info.run_id)
    history = client.get_metric_history(active.info.run_id, "loss")
    assert sorted(each.step for each in history) == list(range(300)), len(history)
    assert run.data.metrics["loss"] == 1 / 300
    assert {key: run.data.params[key] for key in ("p0", "p149")} == {"p0": "0", "p149": "149"}
    assert len(run.data.params) == 150 and run.data.tags["t19"] == "19"
