/*
 * fuzz_options.c - the command line: one argument a line.
 */
#include <string.h>

#include "program/options.h"
#include "support/fuzz.h"

#define WORDS_MAX 32
#define BYTES_MAX 2000

const char *const fuzz_more_inputs = NULL;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[BYTES_MAX + 1], *words[WORDS_MAX + 2] = {text}, *rest = text;
	struct complaint c = {.text = ""};
	struct options o;
	int n = 1;

	if (size == 0 || size > BYTES_MAX)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	while (rest != NULL && n <= WORDS_MAX) {
		char *end = strchr(rest, '\n');

		words[n++] = rest;
		rest = end != NULL ? end + 1 : NULL;
		if (end != NULL)
			*end = '\0';
	}
	if (options_parse(&o, n, words, &c)) {
		FUZZ_REQUIRE(o.action != ACTION_ANALYSE || o.captures_n > 0);
		for (size_t i = 0; i < limit_table_n; i++) {
			uint64_t v;

			memcpy(&v, (char *)&o.limits + limit_table[i].offset,
			    sizeof(v));
			FUZZ_REQUIRE(
			    v >= limit_table[i].min && v <= limit_table[i].max);
		}
	} else {
		FUZZ_REQUIRE(c.text[0] != '\0');
	}
	options_fini(&o);
	return 0;
}
