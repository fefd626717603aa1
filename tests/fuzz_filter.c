/*
 * fuzz_filter.c - filter expressions: a link type, then the expression, which
 * is compiled by libpcap and run over two packets.
 */
#include <netdb.h>
#include <string.h>

#include "input/reader.h"
#include "support/fuzz.h"
#include "support/run_program.h"

#define BYTES_MAX 200

const char *const fuzz_more_inputs = NULL;

/* No fuzzer shall ask the network for the names that it makes up. */
int
getaddrinfo(const char *restrict node, const char *restrict service,
    const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
	(void)node;
	(void)service;
	(void)hints;
	*result = NULL;
	return EAI_NONAME;
}

static void
capture_write(const struct run_file *file, uint8_t link_type)
{
	/* a SYN from 10.0.0.1:55555 to 10.0.0.2:443 */
	static const uint8_t frame[60] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8,
	    0, 0x45, 0, 0, 40, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1,
	    10, 0, 0, 2, 0xd9, 3, 1, 0xbb, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2};
	static const uint8_t record[16] = {
	    [4] = 1, [8] = sizeof(frame), [12] = sizeof(frame)};
	uint8_t all[24 + 2 * (sizeof(record) + sizeof(frame))] = {
	    0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [16] = 0, 4};
	size_t at = 24;

	all[20] = link_type;
	for (int i = 0; i < 2; i++) {
		memcpy(all + at, record, sizeof(record));
		memcpy(all + at + sizeof(record), frame, sizeof(frame));
		at += sizeof(record) + sizeof(frame);
	}
	run_file_set(file, all, at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct run_file file; /* once for all runs of a fuzzer */
	char expression[BYTES_MAX + 1], err[1024] = "";
	const char *paths[] = {file.path};
	struct reader *r;
	struct packet p;
	int n = 0;

	if (size < 1 || size > BYTES_MAX)
		return 0;
	if (file.path[0] == '\0')
		run_file_open(&file);
	capture_write(&file, data[0]);
	memcpy(expression, data + 1, size - 1);
	expression[size - 1] = '\0';
	r = reader_open(paths, 1, expression, err, sizeof(err));
	if (r == NULL) {
		FUZZ_REQUIRE(err[0] != '\0');
		return 0;
	}
	while (reader_next(r, &p) != READER_END)
		n++;
	FUZZ_REQUIRE(n == 2);
	reader_close(r);
	return 0;
}
