#!/bin/sh
# Man page, README and --help say what the tables and the program say.
#
# TCPCONN names the program, srcdir the source.
srcdir=${srcdir:-.}
program=${TCPCONN:-./tcpconn-analyze}
page=$srcdir/man/tcpconn-analyze.1
readme=$srcdir/README.md
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL
export srcdir
status=0

fail()
{
	echo "check_docs: $1"
	status=1
}

# Generated text is current.
sh "$srcdir/scripts/gen_man_tables.sh" --check ||
	fail "$page is not current: run scripts/gen_man_tables.sh"
TCPCONN=$program sh "$srcdir/scripts/gen_readme.sh" --check ||
	fail "$readme is not current: run scripts/gen_readme.sh"

# Each option of the table has its item in the man page, and no item is left
# of an option that is gone.
OTHERS='GROUP(heading)' sh "$srcdir/scripts/def_rows.sh" options.def \
	'OPTION(id,letter,name,arg,value,help)' letter name arg value |
	awk -F '\t' -v quote="'" '
	{
		gsub(quote, "", $1)
		letter = $1 == "0" ? "" : $1
		name = $2 == "NULL" ? "" : $2
		item = ".It"
		if (letter != "") {
			item = item " Fl " letter
			if ($4 == "OPTIONAL")
				item = item " Ns Oo Ar " $3 " Oc"
		}
		if (letter != "" && name != "")
			item = item " ,"
		if (name != "")
			item = item " Fl -" name
		if ($4 == "OPTIONAL")
			item = item " Ns Oo = Ns Ar " $3 " Oc"
		if ($4 == "REQUIRED")
			item = item " Ar " $3
		print item
	}' >"$work/expected"
grep '^\.It Fl' "$page" >"$work/items"
diff -u "$work/expected" "$work/items" ||
	fail "options of the table (-) and of the man page (+) differ"

# --help names each option, and the documents name no other.
"$program" --help >"$work/help" || fail "--help fails"
sed -n 's/.*Fl -\([a-z-]*\).*/--\1/p' "$work/expected" |
	sort >"$work/known"
while read -r option; do
	grep -q -e "$option\\([ =[]\\|\$\\)" "$work/help" ||
		fail "--help does not name $option"
done <"$work/known"
{
	sed 's/Fl -\([a-z]\)/--\1/g; s/\\-/-/g' "$page"
	cat "$readme" "$work/help"
} | grep -o -e '--[a-z][a-z-]*[a-z]' | sort -u |
	comm -23 - "$work/known" >"$work/unknown"
while read -r option; do
	fail "a document names $option, which is no option"
done <"$work/unknown"

# What the program can say stands in the man page.
sed 's/\\-/-/g' "$page" >"$work/plain"
"$program" --explain-kind help | sed 's/ .*//' >"$work/ids"
"$program" --limit help | sed -n 's/=.*//p' >>"$work/ids"
[ -s "$work/ids" ] || fail "the program lists no ids"
while read -r id; do
	grep -qx -e "\\.It Li $id" "$work/plain" ||
		fail "the man page does not explain $id"
done <"$work/ids"

# The package has the version of the program, and the libraries that a build
# of the checkout installs.
packaged=$(sed -n '1s/.*(\(.*\)).*/\1/p' "$srcdir/debian/changelog")
"$program" --version | grep -qx "tcpconn-analyze $packaged" ||
	fail "debian/changelog is of version $packaged"
sed -n '/^need_to_build/,/^}/p' "$srcdir/scripts/setup.sh" |
	grep -o '[a-z0-9]*-dev' | grep -v '^libc6-dev' >"$work/libraries"
[ -s "$work/libraries" ] || fail "setup.sh names no libraries"
while read -r library; do
	grep -q "^ $library," "$srcdir/debian/control" ||
		fail "debian/control lacks $library"
done <"$work/libraries"

# Each standard that an event cites is listed.
grep -o 'RFC [0-9]*' "$srcdir/include/words/anomaly.def" | sort -u >"$work/rfcs"
while read -r rfc; do
	grep -qx -e "\\.It $rfc" "$page" || fail "STANDARDS lacks $rfc"
done <"$work/rfcs"

if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$page" || fail "mandoc complains"
fi
exit $status
