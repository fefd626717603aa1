#!/bin/sh
# Accept what the program prints now as the expectation of the golden tests,
# for all rows of TESTLIST or for those named. Read the diff before you commit
# it.
#
# usage: TCPCONN=path/to/tcpconn-analyze tests/update-golden.sh [NAME...]
srcdir=${srcdir:-$(dirname "$0")/..}
export srcdir
exec "$srcdir/tests/run_golden.sh" --update "$@"
