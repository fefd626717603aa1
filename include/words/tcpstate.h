/*
 * tcpstate.h - names of the states of an endpoint.
 */
#ifndef TCPCONN_TCPSTATE_H
#define TCPCONN_TCPSTATE_H

enum tcp_state {
#define STATE(id, name) STATE_##id,
#include "words/tcpstate.def"
#undef STATE
	STATE_COUNT
};

const char *state_name(enum tcp_state s);

#endif
