"""Trains, logs, registers, loads and uses a model with MLflow's own client, and prints `logged models <version of the client> ok`.

MLFLOW_TRACKING_URI names the server, which is the registry too, and MODEL a model that does not exist yet.
"""

import os

import mlflow
import numpy
from sklearn.linear_model import LinearRegression

name = os.environ["MODEL"]
client = mlflow.MlflowClient()
x = numpy.arange(20, dtype=float).reshape(-1, 1)
y = 3 * x.ravel() + 1

mlflow.set_experiment(f"{name}-training")
with mlflow.start_run() as run:
    mlflow.log_param("fit_intercept", True)
    mlflow.log_metric("r2", 0.99, step=7)
    model = LinearRegression().fit(x, y)
    info = mlflow.sklearn.log_model(
        model, name="linear", registered_model_name=name, input_example=x[:2], tags={"team": "risk"}, step=7
    )
    mlflow.log_metric("rmse", 0.25, model_id=info.model_id)

# the logged model: complete, with what the run knew of it
logged = client.get_logged_model(info.model_id)
assert logged.status == "READY", logged.status
assert logged.source_run_id == run.info.run_id
assert logged.params == {"fit_intercept": "True"}, logged.params
assert {metric.key for metric in logged.metrics} == {"r2", "rmse"}, logged.metrics
assert logged.tags["team"] == "risk"
assert client.get_run(run.info.run_id).data.metrics == {"r2": 0.99, "rmse": 0.25}
outputs = client.get_run(run.info.run_id).outputs.model_outputs
assert [(output.model_id, output.step) for output in outputs] == [(info.model_id, 7)], outputs

# found
experiment = run.info.experiment_id
best = client.search_logged_models(
    [experiment], filter_string="metrics.rmse < 0.5", order_by=[{"field_name": "metrics.rmse", "ascending": True}]
)
assert [found.model_id for found in best] == [info.model_id]

# registered, moved, and loaded by each of its names
version = client.get_model_version(name, "1")
assert version.run_id == run.info.run_id
client.set_registered_model_alias(name, "champion", "1")
for uri in (f"models:/{name}/1", f"models:/{name}@champion", f"models:/{info.model_id}", info.model_uri):
    loaded = mlflow.pyfunc.load_model(uri)
    assert abs(float(loaded.predict(numpy.array([[100.0]]))[0]) - 301) < 1e-6, uri
assert {"MLmodel", "model.pkl", "model.skops"} & {
    file.path for file in client.list_logged_model_artifacts(info.model_id)
}

# a model that was logged before is registered later, and a registration of it is seen at the logged model
again = mlflow.register_model(info.model_uri, name)
assert again.version == "2"
assert client.get_logged_model(info.model_id).tags["mlflow.modelVersions"].count(name) == 2

# changed and deleted
client.set_logged_model_tags(info.model_id, {"stage": "tested"})
client.delete_logged_model_tag(info.model_id, "stage")
external = mlflow.create_external_model(name="elsewhere", params={"k": "v"})
client.delete_logged_model(external.model_id)
assert external.model_id not in {found.model_id for found in client.search_logged_models([experiment])}

# prompts are not among the models
mlflow.genai.register_prompt(name=f"{name}-prompt", template="Hello {{name}}")
assert f"{name}-prompt" not in {found.name for found in client.search_registered_models(max_results=1000)}

print(f"logged models {mlflow.__version__} ok")
