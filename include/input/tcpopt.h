/*
 * tcpopt.h - TCP options (RFC 9293 3.2 and its relatives).
 */
#ifndef TCPCONN_TCPOPT_H
#define TCPCONN_TCPOPT_H

#include "words/segment.h"

/* One option as the iterator meets it; data is borrowed from the header. */
struct tcpopt {
	uint8_t kind;
	uint8_t len;         /* whole option, kind and length byte included */
	const uint8_t *data; /* after kind and length; len - 2 bytes */
};

struct tcpopt_iter {
	const uint8_t *p, *end; /* borrowed */
	uint32_t lost; /* bytes of the area beyond end that were not captured */
	uint8_t bad_kind, bad_len; /* set when iteration stopped on a lie */
	bool cut;                  /* stopped because capture ended here */
};

/* Walk have captured bytes of an option area that is want bytes long. */
void tcpopt_begin(
    struct tcpopt_iter *it, const uint8_t *p, uint32_t have, uint32_t want);

/* Next option, skipping NOP; false at the end, at EOL or at a lie. */
bool tcpopt_next(struct tcpopt_iter *it, struct tcpopt *o);

/* Parse a whole option area into *out (zeroed first). */
void tcpopt_parse(
    struct tcp_options *out, const uint8_t *p, uint32_t have, uint32_t want);

#endif
