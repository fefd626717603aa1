/*
 * tcpopt.c - TCP options: iterator and the facts that segments keep.
 */
#include "input/tcpopt.h"

#include <string.h>

#include "base/bytes.h"

enum {
	KIND_EOL = 0,
	KIND_NOP = 1,
	KIND_MSS = 2,
	KIND_WSCALE = 3,
	KIND_SACK_PERMITTED = 4,
	KIND_SACK = 5,
	KIND_TIMESTAMPS = 8,
	KIND_MD5 = 19,
	KIND_USER_TIMEOUT = 28,
	KIND_AO = 29,
	KIND_MPTCP = 30,
	KIND_FAST_OPEN = 34,
	KIND_ACCECN0 = 172,
	KIND_ACCECN1 = 174,
	KIND_EXPERIMENT1 = 253,
	KIND_EXPERIMENT2 = 254,
};

#define EXID_FAST_OPEN 0xf989 /* RFC 7413 appendix A */

void
tcpopt_begin(
    struct tcpopt_iter *it, const uint8_t *p, uint32_t have, uint32_t want)
{
	struct bytes b = bytes_of(p, have < want ? have : want);

	*it = (struct tcpopt_iter){.p = b.p, .end = b.end};
	it->lost = have < want ? want - have : 0;
}

/* Stop here: the bytes that follow cannot be trusted (R6.3). */
static bool
tcpopt_lie(struct tcpopt_iter *it, uint8_t kind, uint8_t len)
{
	it->bad_kind = kind;
	it->bad_len = len;
	it->p = it->end;
	it->lost = 0;
	return false;
}

/* Stop here: the capture holds no more. */
static bool
tcpopt_cut(struct tcpopt_iter *it)
{
	it->cut = true;
	it->p = it->end;
	return false;
}

bool
tcpopt_next(struct tcpopt_iter *it, struct tcpopt *o)
{
	struct bytes b = bytes_of(it->p, (size_t)(it->end - it->p));
	size_t left;

	while (bytes_left(&b) > 0 && bytes_peek(&b) == KIND_NOP)
		bytes_skip(&b, 1);
	it->p = b.p;
	left = bytes_left(&b);
	if (left == 0)
		return it->lost > 0 ? tcpopt_cut(it) : false;
	o->kind = bytes_u8(&b);
	if (o->kind == KIND_EOL) {
		it->p = it->end;
		it->lost = 0;
		return false;
	}
	if (left == 1)
		return it->lost > 0 ? tcpopt_cut(it)
				    : tcpopt_lie(it, o->kind, 0);
	o->len = bytes_u8(&b);
	if (o->len < 2 || o->len > left + it->lost)
		return tcpopt_lie(it, o->kind, o->len);
	if (o->len > left)
		return tcpopt_cut(it);
	o->data = bytes_take(&b, o->len - 2u);
	it->p = b.p;
	return true;
}

/*
 * One function per option that segments remember: false when the option has
 * a size that its RFC does not allow.
 */
static bool
parse_mss(struct tcp_options *out, const struct tcpopt *o, struct bytes *b)
{
	(void)o;
	out->mss = bytes_be16(b);
	return true;
}

static bool
parse_wscale(struct tcp_options *out, const struct tcpopt *o, struct bytes *b)
{
	(void)o;
	out->wscale = bytes_u8(b);
	return true;
}

static bool
parse_sack(struct tcp_options *out, const struct tcpopt *o, struct bytes *b)
{
	uint8_t n = (uint8_t)((o->len - 2) / 8);

	if (o->len != 2 + 8 * n || n > SACK_BLOCKS)
		return false;
	out->sack_n = n;
	for (uint8_t i = 0; i < n; i++) {
		out->sack[i][0] = bytes_be32(b);
		out->sack[i][1] = bytes_be32(b);
	}
	return true;
}

static bool
parse_timestamps(
    struct tcp_options *out, const struct tcpopt *o, struct bytes *b)
{
	(void)o;
	out->tsval = bytes_be32(b);
	out->tsecr = bytes_be32(b);
	return true;
}

/* RFC 7413 4.1.1: no cookie, or 4 to 16 bytes of an even number. */
static bool
parse_fast_open(
    struct tcp_options *out, const struct tcpopt *o, struct bytes *b)
{
	size_t n = bytes_left(b);

	(void)o;
	if (n != 0 && (n < 4 || n > 16 || n % 2 != 0))
		return false;
	out->tfo_len = (uint8_t)n;
	return true;
}

/* RFC 9768 3.2.3: up to three counters of 24 bits. */
static bool
parse_accecn(struct tcp_options *out, const struct tcpopt *o, struct bytes *b)
{
	(void)out;
	(void)o;
	return bytes_left(b) % 3 == 0;
}

static const struct row {
	uint8_t kind;
	uint8_t min, max;    /* length, kind and length byte included */
	bool strict;         /* another size is R6.3 */
	uint16_t bit;        /* OPT_ bit */
	uint16_t experiment; /* required ExID (RFC 6994), or 0 */
	bool (*parse)(
	    struct tcp_options *, const struct tcpopt *, struct bytes *);
} rows[] = {
    {KIND_TIMESTAMPS, 10, 10, true, OPT_TIMESTAMPS, 0, parse_timestamps},
    {KIND_MSS, 4, 4, true, OPT_MSS, 0, parse_mss},
    {KIND_WSCALE, 3, 3, true, OPT_WSCALE, 0, parse_wscale},
    {KIND_SACK_PERMITTED, 2, 2, true, OPT_SACK_PERMITTED, 0, NULL},
    {KIND_SACK, 10, 34, true, OPT_SACK, 0, parse_sack},
    {KIND_FAST_OPEN, 2, 18, false, OPT_FAST_OPEN, 0, parse_fast_open},
    {KIND_USER_TIMEOUT, 4, 4, false, OPT_USER_TIMEOUT, 0, NULL},
    {KIND_MD5, 18, 18, false, OPT_MD5, 0, NULL},
    {KIND_AO, 4, 40, false, OPT_AO, 0, NULL},
    {KIND_MPTCP, 3, 40, false, OPT_MPTCP, 0, NULL},
    {KIND_ACCECN0, 2, 11, false, OPT_ACCECN, 0, parse_accecn},
    {KIND_ACCECN1, 2, 11, false, OPT_ACCECN, 0, parse_accecn},
    {KIND_EXPERIMENT1, 4, 20, false, OPT_FAST_OPEN, EXID_FAST_OPEN,
	parse_fast_open},
    {KIND_EXPERIMENT2, 4, 20, false, OPT_FAST_OPEN, EXID_FAST_OPEN,
	parse_fast_open},
};

/* Remember one option; false when it is malformed in the sense of R6.3. */
static bool
tcpopt_keep(struct tcp_options *out, const struct tcpopt *o)
{
	const struct row *r = rows,
			 *end = rows + sizeof(rows) / sizeof(rows[0]);
	struct bytes b = bytes_of(o->data, o->len - 2u);

	while (r < end && r->kind != o->kind)
		r++;
	if (r == end)
		return true;
	if (o->len < r->min || o->len > r->max)
		return !r->strict;
	if (r->experiment != 0 && bytes_be16(&b) != r->experiment)
		return true;
	if (r->parse != NULL && !r->parse(out, o, &b))
		return !r->strict;
	out->has |= r->bit;
	return true;
}

/* All that segments but SYNs mostly have, RFC 7323 appendix A. */
#define STAMPS_ALONE 0x0101080a /* NOP, NOP, kind and length */
#define STAMPS_BYTES 12

/*
 * Layouts that nearly all SYNs have: words of the option area, what of them
 * must be so, and where values stand.
 */
static const struct layout {
	uint16_t has; /* OPT_ bits */
	uint8_t words;
	uint8_t mss, wscale, stamps; /* offsets, or 0 */
	struct {
		uint32_t mask, is;
	} word[6];
} layouts[] = {
    /* SYNs of Linux, with time stamps and without */
    {OPT_MSS | OPT_SACK_PERMITTED | OPT_TIMESTAMPS | OPT_WSCALE, 5, 2, 19, 8,
	{{0xffff0000, 0x02040000}, {0xffffffff, 0x0402080a}, {0, 0}, {0, 0},
	    {0xffffff00, 0x01030300}}},
    {OPT_MSS | OPT_SACK_PERMITTED | OPT_WSCALE, 3, 2, 11, 0,
	{{0xffff0000, 0x02040000}, {0xffffffff, 0x01010402},
	    {0xffffff00, 0x01030300}}},
    /* Windows, FreeBSD */
    {OPT_MSS | OPT_WSCALE | OPT_SACK_PERMITTED, 3, 2, 7, 0,
	{{0xffff0000, 0x02040000}, {0xffffff00, 0x01030300},
	    {0xffffffff, 0x01010402}}},
    {OPT_MSS | OPT_WSCALE | OPT_SACK_PERMITTED | OPT_TIMESTAMPS, 5, 2, 7, 12,
	{{0xffff0000, 0x02040000}, {0xffffff00, 0x01030300},
	    {0xffffffff, 0x0402080a}}},
    /* macOS */
    {OPT_MSS | OPT_WSCALE | OPT_TIMESTAMPS | OPT_SACK_PERMITTED, 6, 2, 7, 12,
	{{0xffff0000, 0x02040000}, {0xffffff00, 0x01030300},
	    {0xffffffff, 0x0101080a}, {0, 0}, {0, 0},
	    {0xffffffff, 0x04020000}}},
};

static bool
layout_fits(const struct layout *l, const uint8_t *p)
{
	for (unsigned i = 0; i < l->words; i++)
		if ((taken_be32(p + (size_t)i * 4) & l->word[i].mask) !=
		    l->word[i].is)
			return false;
	return true;
}

/* Parse an option area of a usual layout into *out, which is zero. */
static bool
tcpopt_usual(struct tcp_options *out, const uint8_t *p, uint32_t n)
{
	const struct layout *l = layouts,
			    *end = l + sizeof(layouts) / sizeof(*layouts);

	while (l < end && (l->words * 4u != n || !layout_fits(l, p)))
		l++;
	if (l == end)
		return false;
	out->has = l->has;
	if (l->mss != 0)
		out->mss = taken_be16(p + l->mss);
	if (l->wscale != 0)
		out->wscale = p[l->wscale];
	if (l->stamps != 0) {
		out->tsval = taken_be32(p + l->stamps);
		out->tsecr = taken_be32(p + l->stamps + 4);
	}
	return true;
}

void
tcpopt_parse(
    struct tcp_options *out, const uint8_t *p, uint32_t have, uint32_t want)
{
	struct tcpopt_iter it;
	struct tcpopt o;

	memset(out, 0, sizeof(*out));
	if (have == STAMPS_BYTES && want == STAMPS_BYTES &&
	    taken_be32(p) == STAMPS_ALONE) {
		out->has = OPT_TIMESTAMPS;
		out->tsval = taken_be32(p + 4);
		out->tsecr = taken_be32(p + 8);
		return;
	}
	if (want == 0 || (have == want && tcpopt_usual(out, p, want)))
		return;
	tcpopt_begin(&it, p, have, want);
	while (tcpopt_next(&it, &o))
		if (!tcpopt_keep(out, &o))
			tcpopt_lie(&it, o.kind, o.len);
	out->bad_kind = it.bad_kind;
	out->bad_len = it.bad_len;
	out->cut = it.cut;
}
