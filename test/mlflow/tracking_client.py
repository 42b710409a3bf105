"""Uses experiments and runs with MLflow's own client, and prints `tracking <version of the client> ok`.

MLFLOW_TRACKING_URI names the server, and EXPERIMENT an experiment that does not exist yet.
"""

import math
import os

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

name = os.environ["EXPERIMENT"]
client = mlflow.MlflowClient()


def refused(work, code):
    try:
        work()
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, error)
        return error
    raise AssertionError(f"not refused: {code}")


# the fluent API
experiment = mlflow.set_experiment(name)
assert client.get_experiment("0").name == "Default"
with mlflow.start_run(run_name="basic", tags={"team": "risk"}) as active:
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"depth": 3, "opt": "adam"})
    for step, loss in enumerate([0.5, 0.25, math.nan]):
        mlflow.log_metric("loss", loss, step=step)
    mlflow.log_metrics({"acc": 0.9, "f1": 0.8, "best": math.inf}, step=3)
    mlflow.set_tag("a", "1")
    mlflow.set_tags({"b": "2", "c": "3"})
    with mlflow.start_run(run_name="child", nested=True):
        mlflow.log_metric("acc", 0.5)
run_id = active.info.run_id

run = mlflow.get_run(run_id)
assert run.info.status == "FINISHED" and run.info.run_name == "basic"
assert run.info.artifact_uri.endswith(f"/{experiment.experiment_id}/{run_id}/artifacts"), run.info.artifact_uri
assert run.data.params == {"lr": "0.1", "depth": "3", "opt": "adam"}
assert run.data.metrics["acc"] == 0.9 and run.data.metrics["best"] == math.inf and math.isnan(run.data.metrics["loss"])
assert run.data.tags["a"] == "1" and run.data.tags["mlflow.runName"] == "basic"
history = client.get_metric_history(run_id, "loss")
assert [(point.step, point.value) for point in history[:2]] == [(0, 0.5), (1, 0.25)] and math.isnan(history[2].value)

# searches
found = client.search_runs([experiment.experiment_id], "metrics.acc > 0.6 and params.opt = 'adam' and tags.team = 'risk'")
assert [each.info.run_id for each in found] == [run_id]
found = client.search_runs([experiment.experiment_id], f"tags.mlflow.parentRunId = '{run_id}'")
assert [each.info.run_name for each in found] == ["child"]
found = client.search_runs([experiment.experiment_id], order_by=["metrics.acc ASC"])
assert [each.info.run_name for each in found] == ["child", "basic"]
first = client.search_runs([experiment.experiment_id], max_results=1)
second = client.search_runs([experiment.experiment_id], max_results=1, page_token=first.token)
assert {first[0].info.run_name, second[0].info.run_name} == {"child", "basic"} and second.token is None
assert len(mlflow.search_runs(search_all_experiments=True, output_format="list")) >= 2

# the client's own calls
client.log_metric(run_id, "late", 1.0)
client.log_batch(run_id, [Metric("m", float(i), 1000 + i, i) for i in range(1000)], [Param("p", "1")], [RunTag("t", "1")])
assert len(client.get_metric_history(run_id, "m")) == 1000
client.log_param(run_id, "p", "1")
error = refused(lambda: client.log_param(run_id, "p", "2"), "INVALID_PARAMETER_VALUE")
assert "Changing param values is not allowed" in str(error)
dataset = Dataset("train", "65ff6e06", "s3", '{"uri": "s3://b/train.csv"}', '{"b": 1, "a": 2}', '{"rows": 3}')
client.log_inputs(run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training"), InputTag("split", "a")])])
client.log_inputs(run_id, [DatasetInput(dataset, [])])
(logged,) = client.get_run(run_id).inputs.dataset_inputs
assert logged.dataset.schema == dataset.schema and logged.dataset.source == dataset.source
assert {tag.key: tag.value for tag in logged.tags} == {"mlflow.data.context": "training", "split": "a"}
client.set_terminated(run_id, "FAILED", end_time=1)
assert client.get_run(run_id).info.status == "FAILED"
client.update_run(run_id, "RUNNING", "renamed")
assert client.get_run(run_id).info.run_name == "renamed"
client.delete_tag(run_id, "a")
client.delete_run(run_id)
assert client.get_run(run_id).info.lifecycle_stage == "deleted"
assert [each.info.run_id for each in client.search_runs([experiment.experiment_id], run_view_type=ViewType.DELETED_ONLY)] == [run_id]
client.restore_run(run_id)

# experiments
client.set_experiment_tag(experiment.experiment_id, "k", "v" * 50_000)
assert client.search_experiments(filter_string=f"name = '{name}'")[0].tags["k"] == "v" * 50_000
client.rename_experiment(experiment.experiment_id, name + "-renamed")
other = client.create_experiment(name, tags={"a": "b"})
refused(lambda: client.create_experiment(name), "RESOURCE_ALREADY_EXISTS")
client.delete_experiment(other)
assert client.get_experiment_by_name(name).lifecycle_stage == "deleted"
client.restore_experiment(other)
assert client.get_experiment_by_name("absent") is None
refused(lambda: client.get_run("0" * 32), "RESOURCE_DOES_NOT_EXIST")
refused(lambda: client.search_runs([other], "bad filter"), "INVALID_PARAMETER_VALUE")

print(f"tracking {mlflow.__version__} ok")
