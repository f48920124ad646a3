#!/usr/bin/env python3
"""Trains on the anime sample and compresses: bytes and AUC, mean and standard deviation over seeds.

    python3 bench/compress_anime.py FOLDER PACKAGES [--models mlp,dcnv2] [--seeds 1,2,3] [--budgets 30%,15%] [--methods auto] [--threads 1]

FOLDER is what bench/data/prepare_anime.py wrote. Packages that PACKAGES has already are not made again. Each seed has a split of its own, 80/10/10 at random;
figures are of the test part. Runs one process at a time.
"""
import argparse
import json
import os
import pathlib
import shlex
import statistics
import subprocess

PROGRAM = shlex.split(os.environ.get("RECSERVE", str(pathlib.Path(__file__).resolve().parent.parent / "recserve")))
SETTINGS = ["hidden=128,64", "dropout=0.2", "batch_size=2048", "embedding_l2=0.05"]


def run(path, *arguments):
    """Runs a verb unless its last JSON line was kept beside the package, and gives that line."""
    kept = path.parent / f"{path.name}.json"
    if not kept.exists():
        done = subprocess.run([*PROGRAM, *arguments, "--out", str(path), "--json"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        kept.write_text(done.stdout.strip().splitlines()[-1] + "\n")
    return json.loads(kept.read_text())


def spread(values, digits):
    return f"{statistics.mean(values):.{digits}f} ± {statistics.stdev(values) if len(values) > 1 else 0:.{digits}f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("packages", type=pathlib.Path)
    parser.add_argument("--models", default="mlp,dcnv2")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--budgets", default="30%,15%")
    parser.add_argument("--methods", default="auto")
    parser.add_argument("--threads", default="1")
    options = parser.parse_args()
    data = ["--data", str(options.folder / "ratings.tsv"), "--split", "random:80/10/10", "--threads", options.threads]
    print("| model | method | budget | bytes | AUC fp32 | AUC after | drop |\n|---|---|---|---|---|---|---|")
    for model in options.models.split(","):
        sources = {}
        for seed in options.seeds.split(","):
            (options.packages / f"{model}-{seed}").mkdir(parents=True, exist_ok=True)
            sets = SETTINGS + (["cross_layers=2"] if model.startswith("dcnv2") else [])
            sources[seed] = options.packages / f"{model}-{seed}" / "fp32"
            trained = run(sources[seed], "train", "--format", "tsv", "--schema", str(options.folder / "schema.json"), "--model", model, "--seed", seed, *data,
                          *[part for value in sets for part in ("--set", value)])
            if trained["test_auc"] <= trained["baseline_user_item_mean_auc"]:
                raise SystemExit(f"{model}, seed {seed}: the model does not beat user mean + item mean")
        for method in options.methods.split(","):
            for budget in options.budgets.split(","):
                results = [run(options.packages / f"{model}-{seed}" / f"{method}-{budget.rstrip('%')}", "compress", str(source), "--seed", seed, *data,
                               "--budget", budget, "--method", method) for seed, source in sources.items()]
                print(f"| {model} | {method} | {budget} | {spread([100 * r['bytes_ratio'] for r in results], 2)} % | {spread([r['auc_before'] for r in results], 5)} "
                      f"| {spread([r['auc_after'] for r in results], 5)} | {spread([r['auc_drop'] for r in results], 5)} |", flush=True)


if __name__ == "__main__":
    main()
