/*
 * generate - make a capture for the benchmark: the same for the same
 * arguments, on every machine.
 *
 * usage: generate KIND CONNECTIONS PACKETS CAPTURE
 *
 * PACKETS ends kinds whose connections would go on for ever; give 0 to the
 * others. Prints the numbers of packets, connections and bytes written.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "traffic.h"

#define COUNT_MAX 100000000u

static int
usage(void)
{
	const char *name;

	fputs(
	    "usage: generate KIND CONNECTIONS PACKETS CAPTURE\nkinds:", stderr);
	for (unsigned i = 0; (name = traffic_kind_name(i)) != NULL; i++)
		fprintf(stderr, " %s", name);
	fputc('\n', stderr);
	return 2;
}

/* A decimal number up to COUNT_MAX. */
static bool
parse_count(const char *text, uint32_t *value)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	*value = (uint32_t)n;
	return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 &&
	       n <= COUNT_MAX;
}

int
main(int argc, char **argv)
{
	const struct traffic_kind *k;
	uint32_t connections, packets;
	struct capture out;
	bool made;

	if (argc != 5 || (k = traffic_kind(argv[1])) == NULL ||
	    !parse_count(argv[2], &connections) || connections == 0 ||
	    !parse_count(argv[3], &packets) ||
	    traffic_is_endless(k) != (packets > 0))
		return usage();
	if (!capture_open(&out, argv[4])) {
		fprintf(stderr, "generate: %s: %s\n", argv[4], strerror(errno));
		return 1;
	}
	made = traffic_write(k, connections, packets, &out);
	if (!capture_close(&out) || !made) {
		fprintf(stderr, "generate: %s: %s\n", argv[4],
		    made ? strerror(errno) : "out of memory");
		return 1;
	}
	printf("%" PRIu64 " %" PRIu32 " %" PRIu64 "\n", out.packets,
	    connections, out.bytes);
	return 0;
}
