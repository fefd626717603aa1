#!/usr/bin/python3
"""validate_schema.py [--schema FILE] DOCUMENT...

Validate JSON reports, or ndjson ones line by line, against the schema (share/
of the source tree unless told otherwise). Each violation is printed as
DOCUMENT: path: message. Exit status: 0 all are valid, 1 some are not, 77
(skipped) when Python's jsonschema is not installed.

Beyond the schema, a document must be valid UTF-8 and RFC 8259: no NaN, no key
twice in one object.
"""
import argparse
import json
import os
import sys

try:
    import jsonschema
except ImportError:
    sys.stderr.write("validate_schema.py: no python3-jsonschema\n")
    sys.exit(77)

SHOWN = 20  # violations printed per document


def default_schema():
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.join(here, "..", "share", "tcpconn-analyze.schema.json")


def refuse_constant(name):
    raise ValueError(name + " is not JSON")


def unique_keys(pairs):
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice: %s" % [k for k, _ in pairs])
    return result


def parse(text):
    return json.loads(text, parse_constant=refuse_constant,
                      object_pairs_hook=unique_keys)


def values(text):
    """The values of a document with the place of each."""
    if text.startswith('{"record":'):
        # not splitlines(), for which U+2028 ends a line too
        for number, line in enumerate(text.rstrip("\n").split("\n"), 1):
            yield "line %d " % number, parse(line)
    else:
        yield "", parse(text)


def violations(validator, path):
    try:
        with open(path, encoding="utf-8", newline="\n") as f:
            text = f.read()
        for place, value in values(text):
            for error in validator.iter_errors(value):
                yield place + error.json_path, error.message
    except ValueError as error:
        yield "$", str(error)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--schema", default=default_schema())
    parser.add_argument("documents", nargs="+")
    args = parser.parse_args()
    with open(args.schema, encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = False
    for path in args.documents:
        for n, (place, message) in enumerate(violations(validator, path)):
            failed = True
            if n == SHOWN:
                print("%s: and more" % path)
                break
            print("%s: %s: %.200s" % (path, place, message))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
