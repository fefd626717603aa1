#!/bin/sh
# Write the page of --format=html as C: what stands before the data of a report
# and what stands after it. Scripts are named by their hashes in its policy, so
# that nothing else runs.
#
# usage: embed_page.sh FOLDER >page_parts.c
folder=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

# Hexadecimal to base64.
base64_of_hex()
{
	awk '
	BEGIN {
		hex = "0123456789abcdef"
		set = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		set = set "0123456789+/"
	}
	{
		# 32 bytes are 256 bits: 42 characters, one of 4 bits, one "="
		for (i = 1; i <= 64; i += 3) {
			a = index(hex, substr($1, i, 1)) - 1
			b = i + 1 > 64 ? 0 : index(hex, substr($1, i + 1, 1)) - 1
			c = i + 2 > 64 ? 0 : index(hex, substr($1, i + 2, 1)) - 1
			bits = a * 256 + b * 16 + c
			out = out substr(set, int(bits / 64) + 1, 1)
			if (i + 1 <= 64)
				out = out substr(set, bits % 64 + 1, 1)
		}
		print out "="
	}'
}

sha256_hex()
{
	if command -v sha256sum >/dev/null 2>&1; then
		sha256sum <"$1"
	elif command -v shasum >/dev/null 2>&1; then
		shasum -a 256 <"$1"
	else
		openssl dgst -sha256 -r <"$1"
	fi | sed 's/ .*//'
}

hash_of()
{
	hex=$(sha256_hex "$1")
	[ ${#hex} -eq 64 ] || exit 1
	printf "'sha256-%s'" "$(echo "$hex" | base64_of_hex)"
}

# array NAME FILE: the bytes of a file
array()
{
	echo "const unsigned char $1[] = {"
	od -An -v -tu1 "$2" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
	echo "};"
	echo "const size_t $1_n = sizeof($1);"
}

library=$folder/uplot/uPlot.iife.min.js
library_style=$folder/uplot/uPlot.min.css
for f in "$library" "$library_style" "$folder/page.html" "$folder/page.css" \
	"$folder/page.js"; do
	[ -r "$f" ] || {
		echo "embed_page: cannot read $f" >&2
		exit 1
	}
done
policy="$(hash_of "$library") $(hash_of "$folder/page.js")" || exit 1

# The skeleton says on lines of their own where the parts go.
part=before
: >"$work/before"
: >"$work/after"
while IFS= read -r line; do
	case $line in
	@STYLE@) cat "$library_style" "$folder/page.css" ;;
	@LIBRARY@)
		printf '<script>'
		cat "$library"
		printf '</script>\n'
		;;
	@SCRIPT@)
		printf '<script>'
		cat "$folder/page.js"
		printf '</script>\n'
		;;
	@DATA@) part=after ;;
	*@POLICY@*)
		printf '%s%s%s\n' "${line%@POLICY@*}" "$policy" \
			"${line#*@POLICY@}"
		;;
	*) printf '%s\n' "$line" ;;
	esac >>"$work/$part"
done <"$folder/page.html"

echo "/* Made by scripts/embed_page.sh of what is in page/. */"
echo '#include "report/page_parts.h"'
array page_before "$work/before"
array page_after "$work/after"
