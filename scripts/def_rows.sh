#!/bin/sh
# Rows of the tables in include/*/*.def, for programs of the shell.
#
# usage: def_rows.sh FILE 'MACRO(PARAMETER, ...)' FIELD...
#
# Prints one line for each row, its fields separated by tabs, without quotes.
# Other macros of the same file are named in OTHERS, as 'GROUP(heading)'.
srcdir=${srcdir:-.}
file=$(cd "$srcdir/include" && ls ./*/"$1")
macro=$2
shift 2
row=
for field; do
	row="$row @ $field"
done
{
	echo "#define $macro @ROW$row"
	echo "$OTHERS" | sed '/./s/^/#define /'
	echo "#include \"$file\""
} | ${CC:-cc} -E -P -iquote "$srcdir/include" - | tr '\n' ' ' |
	awk -v RS='@ROW' 'NR > 1 {
		gsub(/"[ \t]*"/, "")
		gsub(/"/, "")
		sub(/^ *@ */, "")
		sub(/ *$/, "")
		gsub(/ *@ */, "\t")
		print
	}'
