#!/usr/bin/env python3
"""Unpacks the MyAnimeList sample into files that `recserve train --format tsv` reads.

    python3 bench/data/prepare_anime.py ANIME.zip FOLDER [--users N] [--seed S]

FOLDER gets ratings.tsv (user, anime, rating), items.tsv (anime, genre, type, episodes) and schema.json: a like is a rating of at least 8. The
site-wide mean rating and number of members of a title were computed from the very ratings to be predicted, and are left out; so are titles.

It also gets watched.tsv (user, anime, watched, rating) and schema-tasks.json for models of two tasks, of N users drawn by the seed (500 where it is left out, all where N is 0): every
title that a user has watched, its rating empty where the user gave none, and for each of them 4 titles that the user has not watched, drawn evenly by the seed
from all that anybody in the sample has watched, each at most once a user. The second task is a rating of at least 8, not known where there is no rating.
"""
import argparse
import collections
import csv
import io
import json
import os
import random
import zipfile

NEGATIVES = 4


def table(archive, name):
    text = archive.read(f"anime/{name}").decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))


def write(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(columns) + "\n")
        for row in rows:
            file.write("\t".join(row) + "\n")


def write_schema(path, labels):
    schema = {
        "name": "anime", "format": {"delimiter": "\t", "header": True}, **labels,
        "user": "user", "item": "anime", "items": {"file": "items.tsv", "key": "anime"},
        "fields": [
            {"name": "user", "side": "user", "kind": "categorical", "dim": 16},
            {"name": "anime", "side": "item", "kind": "categorical", "dim": 16},
            {"name": "genre", "side": "item", "kind": "multi", "separator": "|", "dim": 16},
            {"name": "type", "side": "item", "kind": "categorical", "dim": 16},
            {"name": "episodes", "side": "item", "kind": "numeric", "dim": 16},
        ],
    }
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(schema, indent=2) + "\n")


def watched(history, ratings, users, seed):
    """Rows of two tasks: (user, anime, watched, rating)."""
    given = {(user, anime): rating for user, anime, rating in ratings}
    seen = collections.defaultdict(set)
    for user, anime in history:
        seen[user].add(anime)
    titles = sorted({anime for _, anime in history}, key=int)
    draw = random.Random(seed)
    everyone = sorted(seen, key=int)
    for user in sorted(draw.sample(everyone, users), key=int) if users else everyone:
        own = sorted(seen[user], key=int)
        others = [anime for anime in titles if anime not in seen[user]]
        for anime in own:
            yield user, anime, "1", given.get((user, anime), "")
        for anime in draw.sample(others, min(len(others), NEGATIVES * len(own))):
            yield user, anime, "0", ""


def main(options):
    folder = options.folder
    os.makedirs(folder, exist_ok=True)
    with zipfile.ZipFile(options.source) as archive:
        ratings = [(r["User_ID"], r["Anime_ID"], r["Feedback"]) for r in table(archive, "anime_ratings.dat")]
        history = [(r["User_ID"], r["Anime_ID"]) for r in table(archive, "anime_history.dat")]
        items = [(r["anime_ids"], "|".join(part.strip() for part in r["genre"].split(",")), r["type"],
                  r["episodes"] if r["episodes"].isdigit() else "") for r in table(archive, "anime_info.dat")]
    write(f"{folder}/ratings.tsv", ["user", "anime", "rating"], ratings)
    write(f"{folder}/items.tsv", ["anime", "genre", "type", "episodes"], items)
    write_schema(f"{folder}/schema.json", {"label": {"column": "rating", "at_least": 8}})
    rows = list(watched(history, ratings, options.users, options.seed))
    write(f"{folder}/watched.tsv", ["user", "anime", "watched", "rating"], rows)
    write_schema(f"{folder}/schema-tasks.json", {"tasks": [{"name": "watched", "column": "watched"}, {"name": "liked", "column": "rating", "at_least": 8}]})
    print(f"{len(ratings):,} ratings, {len(items):,} titles; {len(rows):,} rows of two tasks")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("folder")
    parser.add_argument("--users", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    main(parser.parse_args())
