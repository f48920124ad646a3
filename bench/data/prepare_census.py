#!/usr/bin/env python3
"""Turns a file of the UCI Census-Income (KDD) data into files that `recserve train` reads.

    python3 bench/data/prepare_census.py CENSUS-INCOME.test.gz FOLDER

FOLDER gets census.csv and schema.json: 40 fields of a person, a number to ask for the person by, and whether the income is above 50,000 dollars. The survey's instance weight says how many people a
line stands for and is no property of the person: it is left out. The label is not a click; the data is here because it has many fields.
"""
import csv
import gzip
import json
import os
import sys

# In the order of the data's columns; "weight" and the label come apart.
COLUMNS = """age class_of_worker industry_code occupation_code education wage_per_hour enrolled marital_status industry occupation race hispanic_origin sex
union_member unemployment_reason employment capital_gains capital_losses dividends tax_filer previous_region previous_state family_status household_summary weight
migration_msa migration_region migration_within_region same_house migration_sunbelt employer_persons parents_present father_country mother_country self_country
citizenship self_employed veteran_questionnaire veteran_benefits weeks_worked year income""".split()
AMOUNTS = {"wage_per_hour", "capital_gains", "capital_losses", "dividends"}


def main(source, folder):
    os.makedirs(folder, exist_ok=True)
    kept = [i for i, name in enumerate(COLUMNS) if name != "weight"]
    lines = 0
    with gzip.open(source, "rt", encoding="utf-8", newline="") as data, open(f"{folder}/census.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["person"] + [COLUMNS[i] for i in kept])
        for row in csv.reader(data, skipinitialspace=True):
            if len(row) != len(COLUMNS):
                sys.exit(f"{source}: line {lines + 1} has {len(row)} columns, not {len(COLUMNS)}")
            row = [cell.strip() for cell in row]
            row[-1] = "1" if row[-1].startswith("50000+") else "0"
            lines += 1
            writer.writerow([f"p{lines}"] + [row[i] for i in kept])
    fields = []
    for name in COLUMNS[:-1]:
        if name in AMOUNTS:
            fields.append({"name": name, "side": "item", "kind": "numeric", "transform": "log_squared_bucket", "dim": 8})
        elif name != "weight":
            fields.append({"name": name, "side": "item", "kind": "categorical", "dim": 8, "min_count": 5})
    schema = {"name": "census", "format": {"delimiter": ",", "header": True}, "label": {"column": "income"}, "item": "person", "fields": fields}
    with open(f"{folder}/schema.json", "w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(schema, indent=2) + "\n")
    print(f"{lines:,} people, {len(fields)} fields")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
