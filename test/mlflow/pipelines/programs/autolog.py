"""scikit-learn's autolog: params, metrics, tags, the model and its signature, without a line of logging."""

import mlflow
import numpy
from sklearn.linear_model import LogisticRegression


def main():
    client = mlflow.MlflowClient()
    experiment = mlflow.set_experiment("autolog")
    mlflow.sklearn.autolog(log_datasets=True)
    try:
        x = numpy.arange(40, dtype=float).reshape(-1, 1)
        y = (x.ravel() > 20).astype(int)
        with mlflow.start_run() as active:
            model = LogisticRegression(C=0.5).fit(x, y)
            model.score(x, y)
    finally:
        mlflow.sklearn.autolog(disable=True)
    run = client.get_run(active.info.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params["C"] == "0.5", run.data.params
    assert run.data.metrics["training_accuracy_score"] > 0.9, run.data.metrics
    assert any(key.startswith("LogisticRegression_score") for key in run.data.metrics), run.data.metrics
    assert run.data.tags["estimator_name"] == "LogisticRegression"
    assert [each.dataset.name for each in run.inputs.dataset_inputs], run.inputs
    (output,) = run.outputs.model_outputs
    logged = client.get_logged_model(output.model_id)
    assert logged.status == "READY" and logged.params["C"] == "0.5", logged
    files = {each.path for each in client.list_artifacts(active.info.run_id)}
    assert "estimator.html" in files, files
    loaded = mlflow.pyfunc.load_model(f"models:/{output.model_id}")
    assert list(loaded.predict(numpy.array([[1.0], [39.0]]))) == [0, 1]
    found = client.search_runs([experiment.experiment_id], "params.C = '0.5' and metrics.training_accuracy_score > 0.9")
    assert [each.info.run_id for each in found] == [active.info.run_id]
