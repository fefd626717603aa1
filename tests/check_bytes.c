/*
 * check_bytes.c - the bounds-checked cursor, and the digest of bytes.
 */
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "support/frame_text.h"
#include "support/run_suite.h"

static const uint8_t data[] = {1, 2, 3, 4, 5, 6, 7, 8};

START_TEST(reads)
{
	struct bytes b = bytes_of(data, sizeof(data)), c = b;

	ck_assert_uint_eq(bytes_left(&b), 8);
	ck_assert_uint_eq(bytes_peek(&b), 1);
	ck_assert_uint_eq(bytes_u8(&b), 1);
	ck_assert_uint_eq(bytes_be16(&b), 0x0203);
	ck_assert_uint_eq(bytes_be24(&b), 0x040506);
	ck_assert_uint_eq(bytes_le16(&b), 0x0807);
	ck_assert(!b.cut);
	ck_assert_uint_eq(bytes_left(&b), 0);
	ck_assert_uint_eq(bytes_be32(&c), 0x01020304);
	ck_assert_uint_eq(bytes_le32(&c), 0x08070605);
	ck_assert(!c.cut);
}
END_TEST

/* A read of each kind with one byte too few, and all reads after it. */
START_TEST(short_reads)
{
	static const size_t widths[] = {1, 2, 3, 4, 2, 4, 5};
	size_t have = widths[_i] - 1;
	struct bytes b = bytes_of(data, have);

	switch (_i) {
	case 0:
		ck_assert_uint_eq(bytes_u8(&b), 0);
		break;
	case 1:
		ck_assert_uint_eq(bytes_be16(&b), 0);
		break;
	case 2:
		ck_assert_uint_eq(bytes_be24(&b), 0);
		break;
	case 3:
		ck_assert_uint_eq(bytes_be32(&b), 0);
		break;
	case 4:
		ck_assert_uint_eq(bytes_le16(&b), 0);
		break;
	case 5:
		ck_assert_uint_eq(bytes_le32(&b), 0);
		break;
	default:
		ck_assert_ptr_null(bytes_take(&b, 5));
		break;
	}
	ck_assert(b.cut);
	ck_assert_uint_eq(bytes_left(&b), 0);
	ck_assert_uint_eq(bytes_u8(&b), 0);
	ck_assert_uint_eq(bytes_peek(&b), 0);
}
END_TEST

START_TEST(limits)
{
	struct bytes b = bytes_of(data, sizeof(data));
	struct bytes none = bytes_of(NULL, 0);

	bytes_limit(&b, 100);
	ck_assert_uint_eq(bytes_left(&b), 8);
	bytes_skip(&b, 2);
	bytes_limit(&b, 3);
	ck_assert_ptr_eq(bytes_take(&b, 3), data + 2);
	ck_assert(!b.cut);
	ck_assert_ptr_eq(bytes_take(&b, 0), data + 5);
	ck_assert(!b.cut);
	bytes_skip(&b, 1);
	ck_assert(b.cut);
	b = bytes_of(data, sizeof(data));
	ck_assert_ptr_null(bytes_take(&b, SIZE_MAX));
	ck_assert_uint_eq(bytes_left(&none), 0);
	ck_assert_uint_eq(bytes_peek(&none), 0);
	ck_assert_uint_eq(bytes_be32(&none), 0);
	ck_assert(none.cut);
}
END_TEST

/* Every length up to many lanes, at every alignment. */
START_TEST(sums)
{
	uint8_t *all = malloc(8 + 300);

	ck_assert_ptr_nonnull(all);
	for (size_t i = 0; i < 308; i++)
		all[i] = (uint8_t)(i * 37 + 250);
	for (size_t n = 0; n <= 300; n++)
		for (size_t at = 0; at < 8; at++) {
			struct digest d = digest_bytes(all + at, n);
			struct digest plain = digest_plain(all + at, n);
			uint16_t sum = plain_sum(all + at, n, 0);

			ck_assert_uint_eq(digest_fold(d.sum), sum);
			ck_assert_uint_eq(digest_fold(plain.sum), sum);
			ck_assert_uint_eq(d.hash, plain.hash);
			if (n < 20)
				continue;
			d = digest_header(all + at, n);
			ck_assert_uint_eq(digest_fold(d.sum), sum);
		}
	memset(all, 0xff, 308);
	ck_assert_uint_eq(digest_fold(digest_bytes(all, 300).sum), 0xffff);
	free(all);
}
END_TEST

/* Of whatever sum, what remains modulo 2^16 - 1, but 0xffff instead of 0. */
START_TEST(folds)
{
	static const uint64_t of[] = {1, 0xffff, 0x10000, 0x1fffe, 0xffffffff,
	    0x100000000, 0x1fffffffe, 0xffff0000ffff0001, UINT64_MAX,
	    UINT64_MAX - 1};
	uint16_t wire = digest_fold(of[_i]), got;
	uint64_t want = of[_i] % 0xffff;

	memcpy(&got, (uint8_t[2]){(uint8_t)(wire >> 8), (uint8_t)wire},
	    sizeof(got));
	ck_assert_uint_eq(got, want == 0 ? 0xffff : want);
	ck_assert_int_eq(digest_is_right(of[_i]), wire == 0xffff);
	ck_assert(!digest_is_right(0));
}
END_TEST

/* Any changed bit, and any change of length, changes the hash. */
START_TEST(hashes)
{
	uint8_t zero[200] = {0};

	for (size_t n = 0; n < 200; n++) {
		uint64_t h = digest_bytes(zero, n).hash;

		ck_assert_uint_ne(h, 0);
		ck_assert_uint_ne(h, digest_bytes(zero, n + 1).hash);
		for (size_t bit = 0; bit < 8 * n; bit++) {
			zero[bit / 8] ^= (uint8_t)(1 << bit % 8);
			ck_assert_uint_ne(h, digest_bytes(zero, n).hash);
			/* The same bit of the same lane must not cancel it. */
			if (bit / 8 + 32 < n) {
				zero[bit / 8 + 32] ^= (uint8_t)(1 << bit % 8);
				ck_assert_uint_ne(
				    h, digest_bytes(zero, n).hash);
				zero[bit / 8 + 32] = 0;
			}
			zero[bit / 8] = 0;
		}
	}
}
END_TEST

/* So does that of a header, as far as it is kept. */
START_TEST(headers)
{
	uint8_t zero[61] = {0};

	for (size_t n = 20; n <= 60; n++) {
		uint32_t h = (uint32_t)(digest_header(zero, n).hash >> 32);

		ck_assert_uint_ne(
		    h, (uint32_t)(digest_header(zero, n + 1).hash >> 32));
		for (size_t bit = 0; bit < 8 * n; bit++) {
			zero[bit / 8] ^= (uint8_t)(1 << bit % 8);
			ck_assert_uint_ne(
			    h, (uint32_t)(digest_header(zero, n).hash >> 32));
			zero[bit / 8] = 0;
		}
	}
}
END_TEST

/* So does it when parts trade places. */
START_TEST(trades)
{
	enum {
		SIZE = 6000
	};
	uint8_t *a = malloc(SIZE), part[64];
	uint64_t h;

	ck_assert_ptr_nonnull(a);
	for (size_t i = 0; i < SIZE; i++)
		a[i] = (uint8_t)(i / 4 * 0x9e3779b1u >> 24);
	h = digest_bytes(a, SIZE).hash;
	for (size_t n = 1; n <= sizeof(part); n *= 2)
		for (size_t at = n; at + n <= SIZE; at += 4) {
			if (memcmp(a, a + at, n) == 0)
				continue;
			memcpy(part, a, n);
			memcpy(a, a + at, n);
			memcpy(a + at, part, n);
			ck_assert_uint_ne(h, digest_bytes(a, SIZE).hash);
			memcpy(a + at, a, n);
			memcpy(a, part, n);
		}
	free(a);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("bytes");
	TCase *c = tcase_create("cursor");

	tcase_add_test(c, reads);
	tcase_add_loop_test(c, short_reads, 0, 7);
	tcase_add_test(c, limits);
	suite_add_tcase(s, c);
	c = tcase_create("digest");
	tcase_add_test(c, headers);
	tcase_add_test(c, sums);
	tcase_add_loop_test(c, folds, 0, 10);
	tcase_add_test(c, hashes);
	tcase_add_test(c, trades);
	suite_add_tcase(s, c);
	return run_suite(s);
}
