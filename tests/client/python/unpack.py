"""Prints what the JSON entries of an archive say, as JSON: {"the name of an entry": "its text"}."""
import json
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as archive:
    names = [name for name in archive.namelist() if name.endswith(".json")]
    print(json.dumps({name: archive.read(name).decode() for name in names}))
