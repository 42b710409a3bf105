"""Fetches what registered.py registered with a newer client. The files of its model are in a format that this one cannot read."""

import os
import tempfile

import mlflow


def main():
    for uri in ("models:/registered@champion", "models:/registered/2"):
        folder = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=tempfile.mkdtemp())
        assert "MLmodel" in os.listdir(folder), os.listdir(folder)
        model = mlflow.models.Model.load(folder)
        assert model.flavors["sklearn"]["sklearn_version"], model.flavors
