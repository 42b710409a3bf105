"""Files of runs: sent, listed, read and deleted through the server."""

import os
import tempfile

import mlflow


def text_of(path):
    with open(path) as file:
        return file.read()


def program(client, step):
    folder = tempfile.mkdtemp()
    os.makedirs(f"{folder}/tree/deep/deeper")
    for path, text in [("tree/a.txt", "a"), ("tree/deep/b.txt", "bb"), ("tree/deep/deeper/c.txt", ""), ("ü é.txt", "umlaut")]:
        with open(f"{folder}/{path}", "w") as file:
            file.write(text)
    number = client.create_experiment("files")
    run = client.create_run(number, run_name="files")
    run_id = run.info.run_id
    names = lambda path=None: [[each.path, each.is_dir, each.file_size] for each in client.list_artifacts(run_id, path)]
    get = lambda path: client.download_artifacts(run_id, path, tempfile.mkdtemp())

    step("nothing yet", names)
    step("send a tree", lambda: client.log_artifacts(run_id, f"{folder}/tree", "tree"))
    step("send a file", lambda: client.log_artifact(run_id, f"{folder}/tree/a.txt"))
    step("send a file with a strange name", lambda: client.log_artifact(run_id, f"{folder}/ü é.txt", "names"))
    step("send a text", lambda: client.log_text(run_id, "hello", "notes/hello.txt"))
    step("send it again", lambda: client.log_text(run_id, "hello again", "notes/hello.txt"))
    step("send a dictionary", lambda: client.log_dict(run_id, {"a": [1, 2]}, "notes/dict.json"))
    step("send a table", lambda: client.log_table(run_id, {"x": [1, 2], "y": ["a", "b"]}, "table.json"))
    step("send a file that is not there", lambda: client.log_artifact(run_id, f"{folder}/absent"))
    step("send to a place above", lambda: client.log_text(run_id, "x", "../../escape.txt"))
    step("send to a run that is not there", lambda: client.log_text("0" * 32, "x", "a.txt"))
    step("the root", names)
    step("a folder", lambda: names("tree"))
    step("a folder with a slash", lambda: names("tree/"))
    step("a deeper folder", lambda: names("tree/deep"))
    step("a folder of names", lambda: names("names"))
    step("a folder that is not there", lambda: names("absent"))
    step("a file as a folder", lambda: names("a.txt"))
    step("a place above", lambda: names("../.."))
    step("read a text", lambda: text_of(get("notes/hello.txt")))
    step("read a file with a strange name", lambda: text_of(get("names/ü é.txt")))
    step("read a tree", lambda: sorted(os.path.relpath(os.path.join(at, name), root) for root in [get("tree")] for at, _, files in os.walk(root) for name in files))
    step("read a file of it", lambda: text_of(get("tree/deep/b.txt")))
    step("read an empty file", lambda: text_of(get("tree/deep/deeper/c.txt")))
    step("read what is not there", lambda: get("absent.txt"))
    step("read by its address", lambda: mlflow.artifacts.load_text(f"runs:/{run_id}/notes/hello.txt"))
    step("read by the address of the store", lambda: mlflow.artifacts.load_text(f"{run.info.artifact_uri}/notes/hello.txt"))
    step("read a dictionary", lambda: mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/notes/dict.json"))
    step("read the table", lambda: mlflow.load_table("table.json", run_ids=[run_id]).to_dict())
    repository = mlflow.store.artifact.artifact_repository_registry.get_artifact_repository(run.info.artifact_uri)
    step("delete a file", lambda: repository.delete_artifacts("notes/dict.json"))
    step("delete a tree", lambda: repository.delete_artifacts("tree"))
    step("delete what is not there", lambda: repository.delete_artifacts("absent"))
    step("what is left", names)
