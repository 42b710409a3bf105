"""A team that keeps its tracking server: MLFLOW_TRACKING_URI names theirs, MLFLOW_REGISTRY_URI this registry."""

import os

import mlflow
import numpy
from sklearn.linear_model import LinearRegression


def main():
    client = mlflow.MlflowClient()
    mlflow.set_experiment("split")
    x = numpy.arange(20, dtype=float).reshape(-1, 1)
    with mlflow.start_run() as active:
        model = LinearRegression().fit(x, 5 * x.ravel())
        info = mlflow.sklearn.log_model(model, name="model", registered_model_name="split")
    again = mlflow.register_model(f"models:/{info.model_id}", "split")
    assert again.version == "2"
    client.set_registered_model_alias("split", "champion", "1")
    for uri in ("models:/split@champion", "models:/split/2", "models:/split/latest", f"models:/{info.model_id}"):
        assert round(float(mlflow.pyfunc.load_model(uri).predict(numpy.array([[10.0]]))[0])) == 50, uri
    # the logged model is of one server, the version of the other
    version = client.get_model_version("split", "1")
    assert version.source == f"models:/{info.model_id}", version
    theirs = mlflow.MlflowClient(registry_uri=os.environ["MLFLOW_TRACKING_URI"])
    assert theirs.search_registered_models("name = 'split'") == []
    assert client.get_run(active.info.run_id).info.status == "FINISHED"
