#!/bin/sh
# Make configure out of configure.ac, for a checkout from git.
set -eu
cd "$(dirname "$0")"
exec autoreconf -fi
