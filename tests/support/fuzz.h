/*
 * fuzz.h - what fuzz targets share.
 *
 * A target is tests/fuzz_<name>.c with the one entry point that libFuzzer and
 * AFL++ call. Without a fuzzer fuzz_replay.c calls it, once for each file of
 * tests/corpus-fuzz/<name>.
 */
#ifndef TCPCONN_FUZZ_H
#define TCPCONN_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Always returns 0; what must not be ends the process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Beside the folder of the target, under srcdir; NULL: nothing more. */
extern const char *const fuzz_more_inputs;

#define FUZZ_REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
			    __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

#endif
