"""Uses a model registry as a team does that keeps its tracking server: runs and models are of that server, versions of this one.

MLFLOW_REGISTRY_URI and MLFLOW_TRACKING_TOKEN name the registry. The tracking server is a folder.
"""

import os
import sys
import tempfile

import mlflow
from mlflow.exceptions import MlflowException

IS_3 = int(mlflow.__version__.split(".")[0]) >= 3
MODEL = os.environ.get("MODEL", "fraud")

work = tempfile.mkdtemp()
mlflow.set_tracking_uri(f"sqlite:///{work}/tracking.db" if IS_3 else f"file://{work}/tracking")
experiment = mlflow.create_experiment("training", artifact_location=f"file://{work}/artifacts")
client = mlflow.MlflowClient()


class Doubling(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [2 * number for number in model_input]


def refused(code, call):
    try:
        call()
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, str(error))
        return str(error)
    raise AssertionError(f"{code} was expected")


# log a model to the tracking server, and register it here; the address that other machines load it from is the bucket's
with mlflow.start_run(experiment_id=experiment) as run:
    mlflow.log_metric("accuracy", 0.9)
    place = {"name": "model"} if IS_3 else {"artifact_path": "model"}
    logged = mlflow.pyfunc.log_model(python_model=Doubling(), **place)

client.create_registered_model(MODEL, tags={"team": "risk"}, description="Finds fraud")
refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_registered_model(MODEL))
first = client.create_model_version(MODEL, f"s3://bucket/{run.info.run_id}", run_id=run.info.run_id, tags={"build": "1"})
assert (first.version, first.run_id, first.status) in {("1", run.info.run_id, "READY"), (1, run.info.run_id, "READY")}, first
registered = None
if IS_3:
    registered = mlflow.register_model(logged.model_uri, MODEL)
    assert int(registered.version) == 2, registered
    assert client.get_model_version_download_uri(MODEL, "2") == logged.model_uri
else:
    client.create_model_version(MODEL, f"{run.info.artifact_uri}/model", run_id=run.info.run_id)

# search
assert [model.name for model in client.search_registered_models(f"name = '{MODEL}' AND tags.team = 'risk'")] == [MODEL]
assert [int(v.version) for v in client.search_model_versions(f"name = '{MODEL}'")] == [2, 1]
assert [int(v.version) for v in client.search_model_versions(f"run_id = '{run.info.run_id}' AND tags.build = '1'")] == [1]
page = client.search_model_versions(f"name = '{MODEL}'", max_results=1, order_by=["version_number ASC"])
rest = client.search_model_versions(f"name = '{MODEL}'", max_results=1, order_by=["version_number ASC"], page_token=page.token)
assert [int(v.version) for v in [*page, *rest]] == [1, 2]
refused("INVALID_PARAMETER_VALUE", lambda: client.search_model_versions("flavour = 'x'"))

# tags and descriptions
client.set_model_version_tag(MODEL, "1", "reviewed", "yes")
client.delete_model_version_tag(MODEL, "1", "build")
client.set_registered_model_tag(MODEL, "tier", "gold")
client.update_model_version(MODEL, "1", description="The first")
client.update_registered_model(MODEL, description="Finds fraud sooner")
version = client.get_model_version(MODEL, "1")
assert (version.tags, version.description) == ({"reviewed": "yes"}, "The first"), version
assert client.get_registered_model(MODEL).tags == {"team": "risk", "tier": "gold"}

# aliases
client.set_registered_model_alias(MODEL, "champion", "2")
assert int(client.get_model_version_by_alias(MODEL, "champion").version) == 2
assert client.get_registered_model(MODEL).aliases in ({"champion": "2"}, {"champion": 2})
refused("INVALID_PARAMETER_VALUE", lambda: client.get_model_version_by_alias(MODEL, "nobody"))

# stages
client.transition_model_version_stage(MODEL, "1", "Production")
client.transition_model_version_stage(MODEL, "2", "Production", archive_existing_versions=True)
client.transition_model_version_stage(MODEL, "2", "Production", archive_existing_versions=True)
assert client.get_model_version(MODEL, "1").current_stage == "Archived"
assert [int(v.version) for v in client.get_latest_versions(MODEL, ["Production"])] == [2]

# load by number, by alias and by stage: the download URI leads to the tracking server
for uri in (f"models:/{MODEL}/2", f"models:/{MODEL}@champion", f"models:/{MODEL}/Production", f"models:/{MODEL}/latest"):
    assert mlflow.pyfunc.load_model(uri).predict([1, 2]) == [2, 4], uri

if IS_3:
    copy = client.copy_model_version(f"models:/{MODEL}@champion", f"{MODEL}-copy")
    assert mlflow.pyfunc.load_model(f"models:/{MODEL}-copy/{copy.version}").predict([3]) == [6]

    # prompts
    mlflow.genai.register_prompt(f"{MODEL}-prompt", "Is this fraud: {{text}}?")
    assert mlflow.genai.load_prompt(f"prompts:/{MODEL}-prompt/1").format(text="x") == "Is this fraud: x?"
    assert f"{MODEL}-prompt" not in [model.name for model in client.search_registered_models()]

# in one call, as training programs do it
with mlflow.start_run(experiment_id=experiment):
    mlflow.pyfunc.log_model(python_model=Doubling(), registered_model_name=f"{MODEL}-auto", **place)
assert mlflow.pyfunc.load_model(f"models:/{MODEL}-auto/1").predict([4]) == [8]

# delete
client.delete_registered_model_alias(MODEL, "champion")
client.rename_registered_model(MODEL, f"{MODEL}-old")
client.delete_model_version(f"{MODEL}-old", "2")
refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version(f"{MODEL}-old", "2"))
client.delete_registered_model(f"{MODEL}-old")
message = refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model(f"{MODEL}-old"))
assert f"Registered Model with name={MODEL}-old not found" in message, message

print("registry", mlflow.__version__, "ok")
sys.stdout.flush()
