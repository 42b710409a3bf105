"""Stores, lists, reads and deletes files as training programs do, without a tracking server.

MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN name the server, PLACE is the path of a run's artifacts.
"""

import filecmp
import os
import pathlib
import tempfile

import mlflow
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

uri = f"mlflow-artifacts:/{os.environ['PLACE']}"
repository = get_artifact_repository(uri)
work = pathlib.Path(tempfile.mkdtemp())

source = work / "source"
(source / "sub").mkdir(parents=True)
(source / "MLmodel").write_text("flavors: {}\n")
(source / "sub" / "sp ace ü.txt").write_text("text")
(source / "empty").write_text("")
(source / "big.bin").write_bytes(os.urandom(20_000_000))

repository.log_artifacts(str(source), "model")
repository.log_artifact(str(source / "MLmodel"))
repository.log_artifact(str(source / "MLmodel"))

names = sorted((file.path, file.is_dir, file.file_size) for file in repository.list_artifacts("model"))
assert names == [
    ("model/MLmodel", False, 12),
    ("model/big.bin", False, 20_000_000),
    ("model/empty", False, None),
    ("model/sub", True, None),
], names
assert repository.list_artifacts("MLmodel") == []
assert [file.path for file in mlflow.artifacts.list_artifacts(artifact_uri=uri)] == ["MLmodel", "model"]

target = pathlib.Path(mlflow.artifacts.download_artifacts(artifact_uri=f"{uri}/model", dst_path=str(work / "target")))
for name in ("MLmodel", "sub/sp ace ü.txt", "empty", "big.bin"):
    assert filecmp.cmp(source / name, target / name, shallow=False), name
assert mlflow.artifacts.load_text(f"{uri}/model/MLmodel") == "flavors: {}\n"

# MLflow's own large files, which fall back to the plain upload and download here
os.environ.update(
    MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD="true",
    MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD="true",
    MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE="6000000",
    MLFLOW_MULTIPART_DOWNLOAD_MINIMUM_FILE_SIZE="6000000",
)
parts = get_artifact_repository(uri)
parts.log_artifact(str(source / "big.bin"), "parts")
assert filecmp.cmp(source / "big.bin", parts.download_artifacts("parts/big.bin", str(work)), shallow=False)

repository.delete_artifacts("model")
assert [file.path for file in repository.list_artifacts()] == ["MLmodel", "parts"]
repository.delete_artifacts()
assert repository.list_artifacts() == []
try:
    mlflow.artifacts.load_text(f"{uri}/MLmodel")
    raise AssertionError("a deleted file was read")
except (MlflowException, Exception) as error:
    assert "404" in str(error) or "No such artifact" in str(error), error

print("artifacts", mlflow.__version__, "ok")
