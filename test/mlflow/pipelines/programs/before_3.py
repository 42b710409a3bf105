"""What clients before MLflow 3 do: models are folders of runs, without logged models."""

import json
import tempfile

import mlflow
import numpy
from sklearn.linear_model import LinearRegression


def main():
    client = mlflow.MlflowClient()
    experiment = mlflow.set_experiment("before 3")
    x = numpy.arange(20, dtype=float).reshape(-1, 1)
    model = LinearRegression().fit(x, 4 * x.ravel())
    with mlflow.start_run() as active:
        mlflow.log_param("slope", 4)
        mlflow.log_metric("loss", 0.25, step=1)
        mlflow.log_input(mlflow.data.from_numpy(x, name="line"), context="training")
        mlflow.log_text("hello", "notes/hello.txt")
        mlflow.sklearn.log_model(model, artifact_path="model", registered_model_name="before-3", input_example=x[:2])
        mlflow.sklearn.log_model(model, artifact_path="again")
    run_id = active.info.run_id
    run = client.get_run(run_id)
    history = json.loads(run.data.tags["mlflow.log-model.history"])
    assert [each["artifact_path"] for each in history] == ["model", "again"], history
    assert [each.dataset.name for each in run.inputs.dataset_inputs] == ["line"], run.inputs
    assert {each.path for each in client.list_artifacts(run_id)} == {"model", "again", "notes"}

    version = client.get_model_version("before-3", "1")
    assert version.run_id == run_id and version.source == f"{active.info.artifact_uri}/model", version
    client.set_registered_model_alias("before-3", "champion", "1")
    client.transition_model_version_stage("before-3", "1", "Production")
    uris = ["models:/before-3@champion", "models:/before-3/1", "models:/before-3/Production", "models:/before-3/latest"]
    for uri in [*uris, f"runs:/{run_id}/again"]:
        loaded = mlflow.pyfunc.load_model(uri)
        assert round(float(loaded.predict(numpy.array([[10.0]]))[0])) == 40, uri
    again = mlflow.register_model(f"runs:/{run_id}/again", "before-3")
    assert int(again.version) == 2
    assert [int(each.version) for each in client.search_model_versions(f"run_id = '{run_id}'")] == [2, 1]
    downloaded = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="notes", dst_path=tempfile.mkdtemp())
    with open(f"{downloaded}/hello.txt") as file:
        assert file.read() == "hello"

    mlflow.sklearn.autolog()
    try:
        with mlflow.start_run() as automatic:
            LinearRegression().fit(x, x.ravel())
    finally:
        mlflow.sklearn.autolog(disable=True)
    logged = client.get_run(automatic.info.run_id)
    assert logged.data.params["fit_intercept"] == "True" and "training_r2_score" in logged.data.metrics, logged.data
    found = client.search_runs([experiment.experiment_id], "metrics.training_r2_score > 0.9")
    assert [each.info.run_id for each in found] == [automatic.info.run_id]
