/*
 * limits.h - bounds that users may set; generated from limits.def.
 */
#ifndef TCPCONN_LIMITS_H
#define TCPCONN_LIMITS_H

#include <stddef.h>
#include <stdint.h>

struct limits {
#define LIMIT(field, name, value, min, max, text) uint64_t field;
#include "base/limits.def"
#undef LIMIT
};

struct limit_row {
	const char *name;
	uint64_t value, min, max; /* default and accepted span */
	const char *text;
	size_t offset; /* of the uint64_t in struct limits */
};

extern const struct limit_row limit_table[];
extern const size_t limit_table_n;

void limits_init(struct limits *l); /* defaults */

#endif
