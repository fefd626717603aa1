/*
 * fuzz_tcpopt.c - TCP options: how many bytes the snaplen cut off, then the
 * option area as far as it was captured.
 */
#include <string.h>

#include "input/tcpopt.h"
#include "support/fuzz.h"

#define AREA_MAX 255

const char *const fuzz_more_inputs = NULL;

/* Options lie one after the other, within the area. */
static void
walk(const uint8_t *area, uint32_t have, uint32_t want)
{
	struct tcpopt_iter it;
	struct tcpopt o;
	const uint8_t *at = area;

	tcpopt_begin(&it, area, have, want);
	while (tcpopt_next(&it, &o)) {
		FUZZ_REQUIRE(o.len >= 2);
		FUZZ_REQUIRE(o.data >= at + 2);
		FUZZ_REQUIRE(o.data + (o.len - 2) <= area + have);
		at = o.data + (o.len - 2);
	}
	FUZZ_REQUIRE(!tcpopt_next(&it, &o));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tcp_options opt, again;
	uint32_t have, want;

	if (size < 1 || size > AREA_MAX)
		return 0;
	have = (uint32_t)size - 1;
	want = have + data[0];
	memset(&opt, 0x5a, sizeof(opt));
	tcpopt_parse(&opt, data + 1, have, want);
	FUZZ_REQUIRE(opt.sack_n <= SACK_BLOCKS);
	FUZZ_REQUIRE(!opt.cut || want > have);
	tcpopt_parse(&again, data + 1, have, want);
	FUZZ_REQUIRE(opt.has == again.has && opt.bad_kind == again.bad_kind);
	walk(data + 1, have, want);
	return 0;
}
