/*
 * segment.c - names of encapsulation layers.
 */
#include "words/segment.h"

#include <assert.h>
#include <stddef.h>

static const char *const encap_names[ENCAP_COUNT] = {
    [ENCAP_NONE] = NULL,
#define ENCAP(id, name) [ENCAP_##id] = name,
#include "words/encap.def"
#undef ENCAP
};

const char *
encap_name(enum encap e)
{
	assert(e < ENCAP_COUNT);
	return encap_names[e];
}
