/*
 * limits.c - the table of user-settable bounds.
 */
#include "base/limits.h"

const struct limit_row limit_table[] = {
#define LIMIT(field, id, def, least, most, meaning) \
	{.name = id, \
	    .value = def, \
	    .min = least, \
	    .max = most, \
	    .text = meaning, \
	    .offset = offsetof(struct limits, field)},
#include "base/limits.def"
#undef LIMIT
};

const size_t limit_table_n = sizeof(limit_table) / sizeof(limit_table[0]);

void
limits_init(struct limits *l)
{
	*l = (struct limits){
#define LIMIT(field, id, def, least, most, meaning) .field = def,
#include "base/limits.def"
#undef LIMIT
	};
}
