/*
 * frame_text.c - frames written as text.
 */
#include "frame_text.h"

#include <check.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LENGTHS_MAX 16

/* A length field to be filled in at the end. */
struct length {
	size_t at;
	long plus;
};

static unsigned
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, c);

	ck_assert_msg(c != '\0' && at != NULL, "not a hex digit: %c", c);
	return (unsigned)(at - digits);
}

/* Whether text is of the form X*N. */
static size_t
repeat(const char **text, char letter)
{
	char *end;
	size_t n;

	if ((*text)[0] != letter || (*text)[1] != '*')
		return 0;
	n = strtoul(*text + 2, &end, 10);
	ck_assert_uint_gt(n, 0);
	*text = end;
	return n;
}

size_t
frame_write(uint8_t *out, size_t size, const char *text)
{
	struct length lengths[LENGTHS_MAX];
	size_t n = 0, lengths_n = 0, times;
	char *end;

	while (*text != '\0') {
		ck_assert_uint_lt(n + 2, size);
		if (isspace((unsigned char)*text)) {
			text++;
		} else if (*text == 'L') {
			ck_assert_uint_lt(lengths_n, LENGTHS_MAX);
			lengths[lengths_n].at = n;
			lengths[lengths_n++].plus = strtol(text + 1, &end, 10);
			text = end;
			n += 2;
		} else if ((times = repeat(&text, 'Z')) > 0) {
			ck_assert_uint_lt(n + times, size);
			memset(out + n, 0, times);
			n += times;
		} else if ((times = repeat(&text, 'P')) > 0) {
			ck_assert_uint_lt(n + times, size);
			for (size_t i = 1; i <= times; i++)
				out[n++] = (uint8_t)i;
		} else {
			out[n++] = (uint8_t)(hex_digit(text[0]) << 4 |
					     hex_digit(text[1]));
			text += 2;
		}
	}
	for (size_t i = 0; i < lengths_n; i++) {
		long value = (long)(n - lengths[i].at) + lengths[i].plus;

		out[lengths[i].at] = (uint8_t)(value >> 8);
		out[lengths[i].at + 1] = (uint8_t)value;
	}
	return n;
}

uint16_t
plain_sum(const uint8_t *p, size_t n, uint32_t start)
{
	uint32_t sum = start;

	for (size_t i = 0; i < n; i++) {
		sum += i % 2 == 0 ? (uint32_t)p[i] << 8 : p[i];
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)sum;
}

uint16_t
plain_tcp_checksum(
    const uint8_t *addrs, size_t addr_n, const uint8_t *tcp, size_t tcp_n)
{
	uint32_t sum = plain_sum(addrs, addr_n, 6);

	sum = plain_sum(
	    (const uint8_t[]){(uint8_t)(tcp_n >> 24), (uint8_t)(tcp_n >> 16),
		(uint8_t)(tcp_n >> 8), (uint8_t)tcp_n},
	    4, sum);
	sum = plain_sum(tcp, 16, sum);
	sum = plain_sum(tcp + 18, tcp_n - 18, sum);
	return (uint16_t)~sum;
}
