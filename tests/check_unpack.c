/*
 * check_unpack.c - compressed streams: whole, in members, cut and damaged.
 */
#include "input/unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "support/frame_text.h"
#include "support/pack.h"
#include "support/run_suite.h"

#define PLAIN_SIZE 200000
#define PACKED_SIZE (3 * PLAIN_SIZE)

static const char *const names[] = {"gzip", "zstd", "lz4", "xz"};

/* Input in memory, given out in pieces. */
struct input {
	uint8_t bytes[PACKED_SIZE];
	size_t n, at, piece;
	int error; /* errno to fail with once, at the end of the bytes */
};

static ssize_t
input_read(void *arg, void *buf, size_t n)
{
	struct input *in = arg;
	size_t left = in->n - in->at;

	if (left == 0 && in->error != 0) {
		errno = in->error;
		in->error = 0;
		return -1;
	}
	if (n > in->piece)
		n = in->piece;
	if (n > left)
		n = left;
	memcpy(buf, in->bytes + in->at, n);
	in->at += n;
	return (ssize_t)n;
}

/* Bytes of which some can be compressed and some cannot. */
static void
plain_fill(uint8_t *p)
{
	uint32_t x = 1;

	for (size_t i = 0; i < PLAIN_SIZE; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = i / 5000 % 2 == 0 ? (uint8_t)(x >> 24) : (uint8_t)i;
	}
}

/* Unpack all; *rc is what the last call returned. */
static size_t
unpack_all(struct input *in, uint8_t *out, size_t size, size_t piece,
    ssize_t *rc, enum unpack_fault *fault)
{
	const struct unpack_format *f = unpack_recognise(in->bytes, in->n);
	struct unpacker *u;
	size_t n = 0;

	ck_assert_ptr_nonnull(f);
	u = unpacker_new(f, input_read, in);
	ck_assert_ptr_nonnull(u);
	while (n < size) {
		*rc = unpacker_read(
		    u, out + n, size - n < piece ? size - n : piece);
		if (*rc <= 0)
			break;
		n += (size_t)*rc;
	}
	*fault = unpacker_fault(u);
	/* the end stays the end, a fault a fault */
	if (*rc == 0 || *fault != UNPACK_FAULT_NONE)
		ck_assert_int_eq(unpacker_read(u, out, 1), *rc);
	unpacker_free(u);
	return n;
}

static const struct {
	const char *bytes, *format;
} heads[] = {
    {"1f8b 08", "gzip"},
    {"28b52ffd 00", "zstd"},
    {"04224d18 00", "lz4"},
    {"fd377a585a00", "xz"},
    {"02214c18", "lz4 (legacy)"},
    {"425a6839", "bzip2"},
    {"1f9d90", "compress"},
    {"504b0304", "zip"},
    {"502a4d18 04000000 aabbccdd 28b52ffd", "zstd"}, /* as pzstd writes */
    {"5f2a4d18 00000000 502a4d18 01000000 aa 04224d18", "lz4"},
    {"502a4d18 04000000 aabbcc", NULL},
    {"502a4d18 ffffffff 28b52ffd", NULL},
    {"d4c3b2a1", NULL},
    {"0a0d0d0a", NULL},
    {"1f", NULL},
    {"", NULL},
};

START_TEST(recognise)
{
	uint8_t p[64];
	size_t n = frame_write(p, sizeof(p), heads[_i].bytes);
	const struct unpack_format *f = unpack_recognise(p, n);

	if (heads[_i].format == NULL) {
		ck_assert_ptr_null(f);
		return;
	}
	ck_assert_ptr_nonnull(f);
	ck_assert_str_eq(f->name, heads[_i].format);
}
END_TEST

/* Sizes of what is read and of what is asked for. */
static const size_t pieces[][2] = {
    {1 << 20, 1 << 20}, {65536, 131072}, {7, 1000}, {1, 1}, {100, 3}};

/* Whole members, with zeros between and behind them. */
START_TEST(members)
{
	static struct input in;
	static uint8_t plain[PLAIN_SIZE], out[PLAIN_SIZE + 1];
	static const size_t ends[][3] = {{PLAIN_SIZE, PLAIN_SIZE, PLAIN_SIZE},
	    {70000, 70000, PLAIN_SIZE}, {0, 50001, PLAIN_SIZE}};
	size_t made, n;
	ssize_t rc;
	enum unpack_fault fault;

	plain_fill(plain);
	for (unsigned e = 0; e < ROWS(ends); e++) {
		size_t from = 0;

		in.n = in.at = 0;
		for (unsigned m = 0; m < 3; m++) {
			made = pack_member(names[_i], in.bytes + in.n,
			    PACKED_SIZE - in.n, plain + from,
			    ends[e][m] - from);
			if (made == 0)
				return; /* not in this build */
			from = ends[e][m];
			in.n += made;
			memset(in.bytes + in.n, 0, 4 * m);
			in.n += 4 * m;
		}
		for (unsigned p = 0; p < ROWS(pieces); p++) {
			in.at = 0;
			in.piece = pieces[p][0];
			memset(out, 0, sizeof(out));
			n = unpack_all(
			    &in, out, sizeof(out), pieces[p][1], &rc, &fault);
			ck_assert_uint_eq(n, PLAIN_SIZE);
			ck_assert_int_eq(rc, 0);
			ck_assert_int_eq(fault, UNPACK_FAULT_NONE);
			ck_assert_mem_eq(out, plain, PLAIN_SIZE);
		}
	}
}
END_TEST

/* Wherever the input ends, what can be unpacked before is given out. */
START_TEST(cut)
{
	static struct input in;
	static uint8_t plain[PLAIN_SIZE], out[PLAIN_SIZE + 1];
	size_t first, whole, n, most = 0;
	ssize_t rc;
	enum unpack_fault fault;

	plain_fill(plain);
	first = pack_member(names[_i], in.bytes, PACKED_SIZE, plain, 100000);
	if (first == 0)
		return;
	whole = first + pack_member(names[_i], in.bytes + first,
			    PACKED_SIZE - first, plain + 100000, 100000);
	in.piece = 65536;
	for (size_t at = 6; at < whole; at += 97) {
		if (at > first && at - 97 < first)
			at = first;
		in.at = 0;
		in.n = at;
		n = unpack_all(&in, out, sizeof(out), 4096, &rc, &fault);
		ck_assert_uint_le(n, PLAIN_SIZE);
		ck_assert_uint_ge(n, most);
		ck_assert_mem_eq(out, plain, n);
		most = n;
		if (at >= first)
			ck_assert_uint_ge(n, 100000);
		ck_assert_int_eq(rc, at == first ? 0 : -1);
		ck_assert_int_eq(
		    fault, at == first ? UNPACK_FAULT_NONE : UNPACK_FAULT_CUT);
	}
	/* gzip needs 64 KiB at most to go on, the others a block */
	if (strcmp(names[_i], "xz") != 0)
		ck_assert_uint_gt(most, PLAIN_SIZE - 70000);
}
END_TEST

/* Damage in the second member leaves the first as it is. */
START_TEST(damage)
{
	static struct input in;
	static uint8_t plain[PLAIN_SIZE], out[2 * PLAIN_SIZE];
	size_t first, n;
	ssize_t rc;
	enum unpack_fault fault;
	unsigned found = 0, tries = 0;

	plain_fill(plain);
	first = pack_member(names[_i], in.bytes, PACKED_SIZE, plain, 100000);
	if (first == 0)
		return;
	in.n = first + pack_member(names[_i], in.bytes + first,
			   PACKED_SIZE - first, plain + 100000, 100000);
	in.piece = 1 << 20;
	for (size_t at = first; at < in.n; at += 331) {
		in.at = 0;
		in.bytes[at] ^= 0x55;
		n = unpack_all(&in, out, sizeof(out), 131072, &rc, &fault);
		in.bytes[at] ^= 0x55;
		ck_assert_uint_ge(n, 100000);
		ck_assert_mem_eq(out, plain, 100000);
		tries++;
		found += rc == -1;
	}
	ck_assert_uint_eq(found, tries);
	/* text behind the last member */
	in.at = 0;
	memcpy(in.bytes + in.n, "garbage", 7);
	in.n += 7;
	n = unpack_all(&in, out, sizeof(out), 131072, &rc, &fault);
	ck_assert_uint_eq(n, PLAIN_SIZE);
	ck_assert_int_eq(rc, -1);
	ck_assert_int_ne(fault, UNPACK_FAULT_NONE);
}
END_TEST

/* Every block before the damaged one is given out. */
START_TEST(damaged_block)
{
	static struct input in;
	static uint8_t plain[PLAIN_SIZE], out[2 * PLAIN_SIZE];
	size_t n;
	ssize_t rc;
	enum unpack_fault fault;

	plain_fill(plain);
	in.n = pack_member(names[_i], in.bytes, PACKED_SIZE, plain, PLAIN_SIZE);
	if (in.n == 0 || strcmp(names[_i], "xz") == 0)
		return;
	in.at = 0;
	in.piece = 1 << 20;
	/* far from the end, so that it is not the last checksum that tells */
	for (size_t i = in.n - 40000; i < in.n - 39900; i++)
		in.bytes[i] ^= 0xff;
	n = unpack_all(&in, out, sizeof(out), 1 << 20, &rc, &fault);
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(fault, UNPACK_FAULT_DAMAGED);
	ck_assert_uint_ge(n, 65536);
	ck_assert_mem_eq(out, plain, 65536);
}
END_TEST

/* A failing read is not a fault of the stream: reading can go on. */
START_TEST(interrupted)
{
	static struct input in;
	static uint8_t plain[PLAIN_SIZE], out[PLAIN_SIZE + 1];
	const struct unpack_format *f;
	struct unpacker *u;
	size_t whole, n = 0;
	ssize_t rc;

	plain_fill(plain);
	whole = pack_member(names[_i], in.bytes, PACKED_SIZE, plain, 1000);
	if (whole == 0)
		return;
	in.at = 0;
	in.n = whole / 2;
	in.piece = 1 << 20;
	in.error = EINTR;
	f = unpack_recognise(in.bytes, in.n);
	u = unpacker_new(f, input_read, &in);
	while ((rc = unpacker_read(u, out + n, sizeof(out) - n)) > 0)
		n += (size_t)rc;
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(unpacker_fault(u), UNPACK_FAULT_NONE);
	in.n = whole;
	while ((rc = unpacker_read(u, out + n, sizeof(out) - n)) > 0)
		n += (size_t)rc;
	ck_assert_int_eq(rc, 0);
	ck_assert_uint_eq(n, 1000);
	ck_assert_mem_eq(out, plain, 1000);
	unpacker_free(u);
}
END_TEST

/* A frame that wants a window of 256 MiB, as zstd --long=28 may write. */
START_TEST(too_large)
{
	static struct input in;
	uint8_t out[64];
	ssize_t rc;
	enum unpack_fault fault;

	in.n = frame_write(in.bytes, sizeof(in.bytes),
	    "28b52ffd 00 90 "   /* no size, window 2^28 */
	    "210000 61626364"); /* last block: raw, 4 bytes */
	in.at = 0;
	in.piece = 1 << 20;
	if (!unpack_supported(unpack_recognise(in.bytes, in.n)))
		return;
	ck_assert_uint_eq(
	    unpack_all(&in, out, sizeof(out), 64, &rc, &fault), 0);
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(fault, UNPACK_FAULT_TOO_LARGE);
	in.bytes[5] = 0x88; /* 2^27 */
	in.at = 0;
	ck_assert_uint_eq(
	    unpack_all(&in, out, sizeof(out), 64, &rc, &fault), 4);
	ck_assert_int_eq(rc, 0);
}
END_TEST

/* A block that wants a dictionary of 4 GiB. */
START_TEST(too_large_xz)
{
	static struct input in;
	uint8_t out[64];
	ssize_t rc;
	enum unpack_fault fault;

	in.n = frame_write(in.bytes, sizeof(in.bytes),
	    "fd377a585a00 0004 e6d6b446 "      /* stream, CRC64 */
	    "02 00 2101 28 000000 e6a011b3 "); /* block, LZMA2 */
	in.at = 0;
	in.piece = 1 << 20;
	if (!unpack_supported(unpack_recognise(in.bytes, in.n)))
		return;
	ck_assert_uint_eq(
	    unpack_all(&in, out, sizeof(out), 64, &rc, &fault), 0);
	ck_assert_int_eq(rc, -1);
	ck_assert_int_eq(fault, UNPACK_FAULT_TOO_LARGE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("unpack");
	TCase *c = tcase_create("streams");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, recognise, 0, ROWS(heads));
	tcase_add_loop_test(c, members, 0, ROWS(names));
	tcase_add_loop_test(c, cut, 0, ROWS(names));
	tcase_add_loop_test(c, damage, 0, ROWS(names));
	tcase_add_loop_test(c, damaged_block, 0, ROWS(names));
	tcase_add_loop_test(c, interrupted, 0, ROWS(names));
	tcase_add_test(c, too_large);
	tcase_add_test(c, too_large_xz);
	suite_add_tcase(s, c);
	return run_suite(s);
}
