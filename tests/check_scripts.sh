#!/bin/sh
# Shell scripts pass shellcheck. Skipped where it is not installed.
cd "${srcdir:-.}" || exit 1
if ! command -v shellcheck >/dev/null 2>&1; then
	echo "shellcheck is not installed"
	exit 77
fi
scripts=$(ls autogen.sh run test scripts/*.sh tests/*.sh .ci/run 2>/dev/null)
# shellcheck disable=SC2086 # a list of names without blanks
shellcheck -x -S warning $scripts
