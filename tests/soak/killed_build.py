"""Runs one build from a saved parse and says when it starts, so as to be killed.

python killed_build.py MANIFEST WORDS: WORDS are the command line of dbt as JSON.
"""

import json
import pickle
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner

if __name__ == "__main__":
    file, words = sys.argv[1:]
    manifest = pickle.loads(Path(file).read_bytes())
    print("ready", flush=True)
    dbtRunner(manifest).invoke(json.loads(words))
