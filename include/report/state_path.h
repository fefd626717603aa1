/*
 * state_path.h - states of an endpoint as of a frame, from the transitions of
 * a report.
 */
#ifndef TCPCONN_STATE_PATH_H
#define TCPCONN_STATE_PATH_H

#include "model/report.h"
#include "report/text_format.h"
#include "report/text_page.h"

/* State of one endpoint as of a frame. */
struct state_seen {
	bool known;
	enum tcp_state state;
	bool presumed;
};

/*
 * State of side once the frame has passed the tap: its last transition that
 * no frame up to then has undone (R3.60). It is presumed unless the endpoint
 * sent the cause or a frame up to then proves it (R3.1).
 */
struct state_seen state_path_after(
    const struct conn_report *r, enum side side, uint64_t frame_no);

/* "FIN-WAIT-2?"; "-" when unknown */
struct formatted state_path_text(struct state_seen s);

/* State that t led to, as of a frame from its own on. */
struct state_seen state_path_of(const struct transition *t, uint64_t frame_no);

/* Add an arrow and next, which becomes *last, unless they read alike. */
void state_path_say_next(
    struct page *p, struct state_seen *last, struct state_seen next);

/* Add "before -> after", or the one state when the frame changes nothing. */
void state_path_say(struct page *p, const struct conn_report *r, enum side side,
    uint64_t frame_no);

/* State that transition i left, as of its frame. */
struct state_seen state_path_before(const struct conn_report *r, uint32_t i);

#endif
