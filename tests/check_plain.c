/*
 * check_plain.c - the short way of plain frames says what the layers say: of
 * every packet of the samples, and of ../shared where that folder is, as it is,
 * cut at every length of its headers, and with bytes of them changed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/decode_parts.h"
#include "input/reader.h"
#include "support/each_file.h"
#include "support/run_suite.h"

#define PATH_SIZE 1024
/* Beyond what may be headers of a plain frame. */
#define HEADERS 100
#define CHANGES 8

/* What follows the last member is padding. */
#define SEGMENT_END (offsetof(struct segment, encap) + ENCAP_DEPTH)

static struct decoder *decoder;
static unsigned compared;
static uint32_t seed;

static unsigned
chance(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* Whatever stood in the segment before. */
static void
compare(const struct packet *p, const char *path)
{
	struct segment plain, layers;
	struct icmp_error icmp;
	int verdict;

	memset(&plain, 0xa5, sizeof(plain));
	if (!decode_plain(decoder, p, &plain))
		return;
	verdict = decode_layers(decoder, p, &layers, &icmp);
	ck_assert_msg(
	    verdict == DECODE_OK && memcmp(&plain, &layers, SEGMENT_END) == 0,
	    "%s: frame %llu, %u bytes", path, (unsigned long long)p->frame_no,
	    p->cap_len);
	compared++;
}

/* Both ways of a packet and of what may become of it. */
static void
compare_bent(const struct packet *p, const char *path)
{
	uint32_t headers = p->cap_len < HEADERS ? p->cap_len : HEADERS;
	uint8_t *copy = malloc(p->cap_len + 1);
	struct packet bent = *p;

	compare(p, path);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, p->data, p->cap_len);
	bent.data = copy;
	for (unsigned i = 0; headers > 0 && i < CHANGES; i++) {
		unsigned at = chance(headers);

		copy[at] = (uint8_t)chance(256);
		compare(&bent, path);
		copy[at] = p->data[at];
	}
	free(copy);
	for (bent.cap_len = 0; bent.cap_len < headers; bent.cap_len++) {
		/* an exact copy, so that a read past its end is seen */
		bent.data = copy = malloc(bent.cap_len + 1);
		ck_assert_ptr_nonnull(copy);
		memcpy(copy, p->data, bent.cap_len);
		compare(&bent, path);
		free(copy);
	}
}

static void
compare_file(const char *path)
{
	char err[PATH_SIZE];
	struct reader *reader = reader_open(&path, 1, NULL, err, sizeof(err));
	struct packet p;

	if (reader == NULL)
		return;
	/* what is far into a capture is much like what came before */
	while (reader_next(reader, &p) != READER_END && p.frame_no < 5000)
		if (p.frame_no < 200)
			compare_bent(&p, path);
		else
			compare(&p, path);
	reader_close(reader);
}

static const struct {
	const char *folder;
	struct decode_options options;
} runs[] = {
    {"samples", {CHECKSUM_MODE_AUTO, false, 1000, 8, NULL}},
    {"samples", {CHECKSUM_MODE_OFF, true, 1000, 8, NULL}},
    {"../shared/truth", {CHECKSUM_MODE_ON, false, 1000, 8, NULL}},
    {"../shared/corpus", {CHECKSUM_MODE_AUTO, true, 1000, 8, NULL}},
};

START_TEST(test_both_ways)
{

	compared = 0;
	seed = 1;
	decoder = decoder_new(&runs[_i].options);
	ck_assert_ptr_nonnull(decoder);
	each_file(runs[_i].folder, compare_file);
	decoder_free(decoder);
	if (strcmp(runs[_i].folder, "samples") == 0)
		ck_assert_uint_ge(compared, 10000);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("plain");
	TCase *c = tcase_create("R1.7 R1.9 R2.1 R6.83");

	tcase_set_timeout(c, 600);
	tcase_add_loop_test(c, test_both_ways, 0, ROWS(runs));
	suite_add_tcase(s, c);
	return run_suite(s);
}
