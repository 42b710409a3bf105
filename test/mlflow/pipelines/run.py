"""Runs the `main` of each program that the arguments name, in one process, and prints a line of JSON about each: how it ended.

MLFLOW_TRACKING_URI names the server.
"""

import importlib.util
import json
import os
import sys
import traceback

for file in sys.argv[1:]:
    name = os.path.splitext(os.path.basename(file))[0]
    try:
        spec = importlib.util.spec_from_file_location(f"program_{name}", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.main()
        ended = "ok"
    except Exception:
        ended = traceback.format_exc()
    print(json.dumps({"program": name, "ended": ended}), flush=True)
