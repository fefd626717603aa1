/*
 * tcpstate.c - names of the states of an endpoint.
 */
#include "words/tcpstate.h"

#include <assert.h>

static const char *const names[STATE_COUNT] = {
#define STATE(id, name) [STATE_##id] = name,
#include "words/tcpstate.def"
#undef STATE
};

const char *
state_name(enum tcp_state s)
{
	assert(s < STATE_COUNT);
	return names[s];
}
