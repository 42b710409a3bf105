"""mlflow.models.evaluate: metrics, plots and tables of a classifier on a dataset."""

import mlflow
import numpy
import pandas
from sklearn.linear_model import LogisticRegression


def main():
    client = mlflow.MlflowClient()
    mlflow.set_experiment("evaluate")
    x = numpy.arange(60, dtype=float).reshape(-1, 1)
    y = (x.ravel() > 30).astype(int)
    frame = pandas.DataFrame({"x": x.ravel(), "label": y})
    with mlflow.start_run() as active:
        model = LogisticRegression().fit(frame[["x"]], y)
        logged = mlflow.sklearn.log_model(model, name="classifier", input_example=frame[["x"]].head(2))
        result = mlflow.models.evaluate(
            logged.model_uri,
            frame,
            targets="label",
            model_type="classifier",
            evaluators="default",
            evaluator_config={"log_model_explainability": False},
        )
    assert result.metrics["accuracy_score"] > 0.9, result.metrics
    run = client.get_run(active.info.run_id)
    assert run.data.metrics["accuracy_score"] == result.metrics["accuracy_score"]
    files = {each.path for each in client.list_artifacts(active.info.run_id)}
    assert "confusion_matrix.png" in files, files
    metrics = {each.key: each.value for each in client.get_logged_model(logged.model_id).metrics}
    assert metrics["accuracy_score"] == result.metrics["accuracy_score"], metrics
