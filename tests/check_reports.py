#!/usr/bin/python3
"""The checks of corpus.py over the samples: JSON reports that are valid
against the schema, the same twice, and whose sums add up.

usage: check_reports.py [PART...]   only samples whose name contains PART
"""
import glob
import os
import sys

sys.dont_write_bytecode = True
import corpus  # noqa: E402


def main(parts):
    names = sorted(glob.glob(os.path.join(corpus.SRCDIR, "samples",
                                          "*.pcap*")))
    captures = [corpus.Capture(path, os.path.basename(path))
                for path in names
                if not parts or any(p in path for p in parts)]
    if not captures:
        print("no samples")
        return 1
    return corpus.main_test(captures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
