/*
 * fuzz_program.c - the whole program fed with a file. The last byte of the
 * file chooses the options, so that any capture is an input.
 */
#include <stdbool.h>
#include <string.h>

#include "program/status.h"
#include "support/fuzz.h"
#include "support/invariants.h"
#include "support/run_program.h"

#define OPTIONS_MAX 6

const char *const fuzz_more_inputs = "samples";

static const char *const option_sets[][OPTIONS_MAX] = {
    {"--json"},
    {"--format=ndjson"},
    {"-v", "-x", "--states", "--color=always"},
    {"--format=text", "--sort=duration", "--top=1", "-s", "warn"},
    {"--json", "--sort=bytes", "--top=2", "--key=vlan", "--checksum=on"},
    {"--json", "--limit=K_SEGS=8", "--limit=K_HOLES=2", "--limit=K_EVENTS=0",
	"--max-connections=1"},
    {"--json", "--filter=tcp and not vlan", "--from=+0.1", "--to=+1"},
    {"-v", "-c", "1,3-5", "-k", "retransmission-rto,dup-ack"},
    {"--format=csv", "--sort=bytes"},
};

#define OPTION_SETS (sizeof(option_sets) / sizeof(option_sets[0]))
/* Bits of the last byte, above the number of a set. */
#define TWICE 0x80 /* the file is given twice */

static void
check_report(const char *const *options, const char *text, size_t n)
{
	bool json = strcmp(options[0], "--json") == 0;
	const char *wrong = json ? json_wrong(text) : text_wrong(text, n);

	if (wrong != NULL)
		fprintf(stderr, "%s\n", wrong);
	FUZZ_REQUIRE(wrong == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct run_file file; /* once for all runs of a fuzzer */
	const char *argv[OPTIONS_MAX + 4] = {"-q"};
	const char *const *options;
	size_t words = 1, n;
	uint8_t last;
	char *text;
	int status;

	if (size == 0)
		return 0;
	if (file.path[0] == '\0')
		run_file_open(&file);
	run_file_set(&file, data, size);
	last = data[size - 1];
	options = option_sets[last % OPTION_SETS];
	for (size_t i = 0; i < OPTIONS_MAX && options[i] != NULL; i++)
		argv[words++] = options[i];
	argv[words++] = file.path;
	if ((last & TWICE) != 0)
		argv[words++] = file.path;
	status = run_program(argv, &text, &n);
	FUZZ_REQUIRE(status != RUN_BAD_USAGE);
	if (status == STATUS_ANALYSED || status == STATUS_INCOMPLETE)
		check_report(options, text, n);
	else
		FUZZ_REQUIRE(status == STATUS_UNUSABLE && n == 0);
	free(text);
	return 0;
}
