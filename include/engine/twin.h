/*
 * twin.h - one connection that the capture holds more than once, each time in
 * another tunnel or, with --key vlan, another VLAN (R2.3).
 */
#ifndef TCPCONN_TWIN_H
#define TCPCONN_TWIN_H

#include "engine/flow.h"

struct twins; /* owned by its creator */

/* NULL when memory ran out. Its size is fixed. */
struct twins *twins_new(void);
void twins_free(struct twins *t);

/* A connection with key was opened. */
void twins_note(struct twins *t, const struct flow_key *key);

/* Whether more than one tunnel or VLAN was noted. */
bool twins_any(const struct twins *t);

/*
 * c is about to leave flows: find the live records of the same addresses,
 * ports and ISNs in other tunnels, and enter each into the others. Of the two
 * the one that began first is judged, unless it lacks a side that the other
 * has. live(arg, f) gives the connection of a flow, NULL without memory.
 * Costs a look-up for each tunnel noted, so nothing where there is none.
 */
void twins_link(const struct twins *t, struct flow_table *flows, struct conn *c,
    struct conn *(*live)(void *arg, struct flow *f), void *arg);

#endif
