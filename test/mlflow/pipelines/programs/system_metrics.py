"""System metrics, which a thread of the client samples while a run goes on."""

import time

import mlflow

PATIENCE_S = 120


def main():
    client = mlflow.MlflowClient()
    mlflow.set_experiment("system metrics")
    mlflow.set_system_metrics_sampling_interval(0.2)
    mlflow.set_system_metrics_samples_before_logging(1)
    with mlflow.start_run(log_system_metrics=True) as active:
        deadline = time.monotonic() + PATIENCE_S
        while len(client.get_metric_history(active.info.run_id, "system/cpu_utilization_percentage")) < 3:
            assert time.monotonic() < deadline, "no system metrics came"
            time.sleep(0.2)
    metrics = client.get_run(active.info.run_id).data.metrics
    assert "system/system_memory_usage_megabytes" in metrics, metrics
    steps = [each.step for each in client.get_metric_history(active.info.run_id, "system/cpu_utilization_percentage")]
    assert steps == list(range(len(steps))), steps
