"""A model is trained, logged, registered, moved and loaded for a prediction, as a release pipeline does it."""

import mlflow
import numpy
from sklearn.linear_model import LinearRegression


def train(slope):
    x = numpy.arange(20, dtype=float).reshape(-1, 1)
    return LinearRegression().fit(x, slope * x.ravel())


def predict(uri):
    return round(float(mlflow.pyfunc.load_model(uri).predict(numpy.array([[10.0]]))[0]))


def main():
    client = mlflow.MlflowClient()
    mlflow.set_experiment("registered")
    for slope in (2, 3):
        with mlflow.start_run():
            mlflow.sklearn.log_model(train(slope), name="model", registered_model_name="registered")
    client.set_registered_model_alias("registered", "champion", "1")
    assert predict("models:/registered@champion") == 20
    client.set_registered_model_alias("registered", "champion", "2")
    assert predict("models:/registered@champion") == 30
    client.transition_model_version_stage("registered", "1", "Production")
    assert predict("models:/registered/Production") == 20
    client.transition_model_version_stage("registered", "2", "Production", archive_existing_versions=True)
    assert predict("models:/registered/Production") == 30
    assert client.get_model_version("registered", "1").current_stage == "Archived"
    assert predict("models:/registered/1") == 20 and predict("models:/registered/latest") == 30
    client.set_model_version_tag("registered", "2", "validation", "approved")
    (approved,) = client.search_model_versions("name = 'registered' AND tags.validation = 'approved'")
    assert (approved.version, approved.aliases) == ("2", []) or approved.aliases == ["champion"], approved
