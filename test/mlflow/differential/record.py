"""Runs programs with MLflow's own client, and prints what it gets of each call as one line of JSON.

MLFLOW_TRACKING_URI names the server. The arguments are the files of the programs; each has a function `program(client, step)`.
"""

import dataclasses
import enum
import importlib.util
import json
import math
import os
import pathlib
import sys

import mlflow
from mlflow.entities._mlflow_object import _MlflowObject


def plain(value):
    """What JSON can hold of a value of the client."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, pathlib.PurePath):
        return str(value)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if hasattr(value, "token") and isinstance(value, list):
        return {"items": [plain(each) for each in value], "has_more": bool(value.token)}
    if isinstance(value, (list, tuple)) and value and all(type(each).__name__ == "InputTag" for each in value):
        return {each.key: each.value for each in value}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(each) for each in value)
    if isinstance(value, _MlflowObject):
        fields = {name: plain(getattr(value, name)) for name in value._properties()}
        if fields.get("latest_versions"):  # in no order
            fields["latest_versions"].sort(key=lambda each: int(each["version"]))
        return fields
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    raise TypeError(f"no plain form of {type(value)}")


class Recorder:
    def __init__(self, program):
        self.program = program
        self.seen = set()

    def __call__(self, name, call):
        """Makes a call, prints what it returns or raises, and returns it (None if it raised)."""
        assert name not in self.seen, f"{self.program} has the step {name} twice"
        self.seen.add(name)
        line = {"program": self.program, "step": name}
        result = None
        try:
            result = call()
            line["returns"] = plain(result)
        except Exception as error:
            code = getattr(error, "error_code", None)
            line["raises"] = {"type": type(error).__name__, "code": code, "message": str(error)}
        print(json.dumps(line), flush=True)
        return result


for file in sys.argv[1:]:
    name = os.path.splitext(os.path.basename(file))[0]
    spec = importlib.util.spec_from_file_location(f"program_{name}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.program(mlflow.MlflowClient(), Recorder(name))
print(json.dumps({"client": mlflow.__version__}))
