"""A training run through a network that cuts every other answer: whatever is sent twice happens once.

The server is reached through MLFLOW_TRACKING_URI, which cuts, and through DIRECT_URI, which does not.
"""

import os
import tempfile

import mlflow
from mlflow.entities import LoggedModelOutput, Metric, Param, RunTag


def main():
    client = mlflow.MlflowClient()
    direct = mlflow.MlflowClient(tracking_uri=os.environ["DIRECT_URI"], registry_uri=os.environ["DIRECT_URI"])
    experiment = direct.create_experiment("retries")
    run_id = direct.create_run(experiment, run_name="cut").info.run_id
    model = direct.create_logged_model(experiment, name="cut", source_run_id=run_id)
    direct.create_registered_model("retries")
    direct.create_model_version("retries", "s3://models/retries/1")
    direct.create_model_version("retries", "s3://models/retries/2")

    for step in range(10):
        client.log_metric(run_id, "loss", 1 / (step + 1), timestamp=1_000 + step, step=step)
    client.log_batch(
        run_id,
        [Metric("batch", float(i), 1_000 + i, i) for i in range(1_000)],
        [Param("a", "1"), Param("b", "2")],
        [RunTag("t", "1")],
    )
    client.log_param(run_id, "lr", 0.1)
    client.set_tag(run_id, "team", "risk")
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, 1)])
    client.log_model_params(model.model_id, {"depth": "3"})
    client.finalize_logged_model(model.model_id, "READY")
    frame = mlflow.data.meta_dataset.MetaDataset(mlflow.data.http_dataset_source.HTTPDatasetSource("https://data.example/x.csv"))
    client.log_inputs(run_id, [mlflow.entities.DatasetInput(frame._to_mlflow_entity(), [])])
    folder = tempfile.mkdtemp()
    for name in "abc":
        with open(f"{folder}/{name}.txt", "w") as file:
            file.write(name * 10_000)
    client.log_artifacts(run_id, folder, "files")
    client.set_registered_model_alias("retries", "champion", "1")
    client.transition_model_version_stage("retries", "1", "Production")
    client.transition_model_version_stage("retries", "2", "Production", archive_existing_versions=True)
    client.set_model_version_tag("retries", "2", "checked", "yes")
    client.set_terminated(run_id)

    run = direct.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert [each.step for each in direct.get_metric_history(run_id, "loss")] == list(range(10))
    assert [each.step for each in direct.get_metric_history(run_id, "batch")] == list(range(1_000))
    assert run.data.params == {"a": "1", "b": "2", "lr": "0.1"}, run.data.params
    assert (run.data.tags["t"], run.data.tags["team"]) == ("1", "risk")
    assert len(run.inputs.dataset_inputs) == 1 and len(run.outputs.model_outputs) == 1, run
    assert direct.get_logged_model(model.model_id).params == {"depth": "3"}
    assert [each.path for each in direct.list_artifacts(run_id, "files")] == [f"files/{name}.txt" for name in "abc"]
    with open(client.download_artifacts(run_id, "files/b.txt", tempfile.mkdtemp())) as file:
        assert file.read() == "b" * 10_000
    stages = {each.version: each.current_stage for each in direct.search_model_versions("name = 'retries'")}
    assert stages == {"1": "Archived", "2": "Production"}, stages
