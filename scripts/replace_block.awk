# replace_block.awk - put a generated text between two markers of a document.
#
# usage: awk -v name=NAME -v file=TEXT -f replace_block.awk DOCUMENT
#
# The text replaces what stands between a line with "BEGIN NAME" and one with
# "END NAME"; both lines stay.
function marks(word) {
	return $0 ~ (word " " name "( |$)")
}
marks("END") { inside = 0; found++ }
!inside { print }
marks("BEGIN") {
	inside = 1
	found++
	while ((getline line < file) > 0)
		print line
}
END {
	if (found != 2) {
		print "no block " name > "/dev/stderr"
		exit 1
	}
}
