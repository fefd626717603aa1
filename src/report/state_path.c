/*
 * state_path.c - states of an endpoint as of a frame.
 */
#include "report/state_path.h"

#include <stdio.h>
#include <string.h>

struct state_seen
state_path_of(const struct transition *t, uint64_t frame_no)
{
	return (struct state_seen){
	    .known = t->state != STATE_UNKNOWN,
	    .state = (enum tcp_state)t->state,
	    .presumed = t->presumed || t->confirmed_frame > frame_no ||
			t->revoked_frame != 0 || t->state == STATE_MID,
	};
}

static bool
stands_at(const struct transition *t, uint64_t frame_no)
{
	return t->frame_no <= frame_no &&
	       (t->revoked_frame == 0 || t->revoked_frame > frame_no);
}

struct state_seen
state_path_after(const struct conn_report *r, enum side side, uint64_t frame_no)
{
	struct state_seen s = {0};

	for (uint32_t i = 0; i < r->transitions_n; i++) {
		const struct transition *t = &r->transition[i];

		if (t->side == side && stands_at(t, frame_no))
			s = state_path_of(t, frame_no);
	}
	return s;
}

struct state_seen
state_path_before(const struct conn_report *r, uint32_t i)
{
	const struct transition *t = &r->transition[i];

	for (uint32_t k = i; k-- > 0;) {
		const struct transition *u = &r->transition[k];

		if (u->side == t->side && u->frame_no == t->frame_no &&
		    stands_at(u, t->frame_no))
			return state_path_of(u, t->frame_no);
	}
	return t->frame_no > 0 ? state_path_after(r, t->side, t->frame_no - 1)
			       : (struct state_seen){0};
}

struct formatted
state_path_text(struct state_seen s)
{
	struct formatted f;

	if (!s.known)
		return (struct formatted){"-"};
	snprintf(f.s, sizeof(f.s), "%s%s", state_name(s.state),
	    s.presumed ? "?" : "");
	return f;
}

/* Whether both read alike. */
static bool
same_state(struct state_seen a, struct state_seen b)
{
	return strcmp(state_path_text(a).s, state_path_text(b).s) == 0;
}

void
state_path_say_next(
    struct page *p, struct state_seen *last, struct state_seen next)
{
	if (same_state(*last, next))
		return;
	page_say(
	    p, " %s %s", page_symbol(p, SYMBOL_ARROW), state_path_text(next).s);
	*last = next;
}

/* What an endpoint was before the first thing that is known of it. */
static struct state_seen
state_before_syn(struct state_seen first)
{
	if (first.known && first.state == STATE_LISTEN)
		return first;
	if (first.known && first.state == STATE_SYN_SENT)
		return (struct state_seen){
		    .known = true, .state = STATE_CLOSED, .presumed = true};
	return (struct state_seen){0};
}

void
state_path_say(struct page *p, const struct conn_report *r, enum side side,
    uint64_t frame_no)
{
	struct state_seen last = {0};

	if (frame_no > 0)
		last = state_path_after(r, side, frame_no - 1);
	if (!last.known)
		last = state_before_syn(state_path_after(r, side, frame_no));
	page_say(p, "%s", state_path_text(last).s);
	for (uint32_t i = 0; i < r->transitions_n; i++) {
		const struct transition *t = &r->transition[i];

		if (t->side == side && t->frame_no == frame_no &&
		    stands_at(t, frame_no))
			state_path_say_next(
			    p, &last, state_path_of(t, frame_no));
	}
	state_path_say_next(p, &last, state_path_after(r, side, frame_no));
}
