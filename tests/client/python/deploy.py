"""Prints the compose files and the Kubernetes manifests as JSON: {"compose": {...}, "web": {...}, "manifests": [...]}."""
import json
import pathlib
import sys

import yaml

folder = pathlib.Path(sys.argv[1])
compose = yaml.safe_load((folder / "compose.yaml").read_text())
web = yaml.safe_load((folder / "compose.web.yaml").read_text())
manifests = [
    document
    for file in sorted((folder / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(file.read_text())
]
print(json.dumps({"compose": compose, "web": web, "manifests": manifests}))
