#!/usr/bin/env python3
"""Unpacks the MyAnimeList sample into files that `recserve train --format tsv` reads.

    python3 bench/data/prepare_anime.py ANIME.zip FOLDER

FOLDER gets ratings.tsv (user, anime, rating), items.tsv (anime, genre, type, episodes) and schema.json: a like is a rating of at least 8. The
site-wide mean rating and number of members of a title were computed from the very ratings to be predicted, and are left out; so are titles.
"""
import csv
import io
import json
import os
import sys
import zipfile


def table(archive, name):
    text = archive.read(f"anime/{name}").decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))


def write(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(columns) + "\n")
        for row in rows:
            file.write("\t".join(row) + "\n")


def main(source, folder):
    os.makedirs(folder, exist_ok=True)
    with zipfile.ZipFile(source) as archive:
        ratings = [(r["User_ID"], r["Anime_ID"], r["Feedback"]) for r in table(archive, "anime_ratings.dat")]
        items = [(r["anime_ids"], "|".join(part.strip() for part in r["genre"].split(",")), r["type"],
                  r["episodes"] if r["episodes"].isdigit() else "") for r in table(archive, "anime_info.dat")]
    write(f"{folder}/ratings.tsv", ["user", "anime", "rating"], ratings)
    write(f"{folder}/items.tsv", ["anime", "genre", "type", "episodes"], items)
    schema = {
        "name": "anime", "format": {"delimiter": "\t", "header": True}, "label": {"column": "rating", "at_least": 8},
        "user": "user", "item": "anime", "items": {"file": "items.tsv", "key": "anime"},
        "fields": [
            {"name": "user", "side": "user", "kind": "categorical", "dim": 16},
            {"name": "anime", "side": "item", "kind": "categorical", "dim": 16},
            {"name": "genre", "side": "item", "kind": "multi", "separator": "|", "dim": 16},
            {"name": "type", "side": "item", "kind": "categorical", "dim": 16},
            {"name": "episodes", "side": "item", "kind": "numeric", "dim": 16},
        ],
    }
    with open(f"{folder}/schema.json", "w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(schema, indent=2) + "\n")
    print(f"{len(ratings):,} ratings, {len(items):,} titles")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
