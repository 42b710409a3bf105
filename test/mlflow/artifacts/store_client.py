"""Keeps files in a store of its own with MLflow's own client, which goes there itself, and prints `store <version> ok`.

MLFLOW_TRACKING_URI names the server, MLFLOW_S3_ENDPOINT_URL the store, BUCKET a bucket that does not exist yet.
"""

import os
import pathlib
import tempfile

import boto3
import mlflow
from requests.exceptions import HTTPError

bucket = os.environ["BUCKET"]
store = boto3.client("s3", endpoint_url=os.environ["MLFLOW_S3_ENDPOINT_URL"])
store.create_bucket(Bucket=bucket)
keys = lambda: {each["Key"] for each in store.list_objects_v2(Bucket=bucket).get("Contents", [])}
client = mlflow.MlflowClient()


class Doubles(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [2 * value for value in model_input]


mlflow.set_experiment("in-a-store")
with mlflow.start_run() as run:
    mlflow.log_text("hello", "notes/hello.txt")
    big = pathlib.Path(tempfile.mkdtemp()) / "big.bin"
    big.write_bytes(os.urandom(12_000_000))
    mlflow.log_artifact(str(big))
    info = mlflow.pyfunc.log_model(name="doubles", python_model=Doubles(), registered_model_name="doubles")

# files of the run are in the store, below the experiment and the run
root = f"mlflow/{run.info.experiment_id}/{run.info.run_id}/artifacts"
assert run.info.artifact_uri == f"s3://{bucket}/{root}", run.info.artifact_uri
assert {f"{root}/notes/hello.txt", f"{root}/big.bin"} <= keys(), keys()
assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/notes/hello.txt") == "hello"
fetched = client.download_artifacts(run.info.run_id, "big.bin")
assert pathlib.Path(fetched).read_bytes() == big.read_bytes()
assert [(file.path, file.is_dir) for file in client.list_artifacts(run.info.run_id)] == [
    ("big.bin", False),
    ("notes", True),
]

# those of the logged model too, and the version is loaded from there
logged = client.get_logged_model(info.model_id)
assert logged.artifact_location == f"s3://{bucket}/mlflow/{run.info.experiment_id}/models/{info.model_id}/artifacts"
client.set_registered_model_alias("doubles", "champion", "1")
for uri in ("models:/doubles/1", "models:/doubles@champion", info.model_uri):
    assert mlflow.pyfunc.load_model(uri).predict([1, 2]) == [2, 4], uri

# the server has none of it
try:
    mlflow.artifacts.load_text(f"mlflow-artifacts:/{run.info.experiment_id}/{run.info.run_id}/artifacts/notes/hello.txt")
    raise AssertionError("the server serves files that are in a store")
except HTTPError as error:
    assert "store of their own" in str(error), error

print("store", mlflow.__version__, "ok")
