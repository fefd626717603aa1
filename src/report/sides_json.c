/*
 * sides_json.c - what each side offered and sent, as JSON objects.
 */
#include "report/conn_json.h"

/* The first SYN or SYN-ACK of a side, or NULL. */
static const struct step *
opening_step(const struct conn_report *r, enum side side)
{
	const struct handshake_report *h = &r->handshake;

	for (unsigned i = 0; i < h->steps_n; i++)
		if (h->step[i].from == side && h->step[i].flags & FLAG_SYN)
			return &h->step[i];
	return NULL;
}

/*
 * Whether a SYN asks for ECN, or a SYN-ACK grants it (RFC 3168 6.1.1). An
 * accurate one is granted by any code but none and all (RFC 9768 3.1.1), which
 * only means something to one who asked for it.
 */
static bool
takes_ecn(const struct step *s, const struct step *peer)
{
	const unsigned mask = FLAG_AE | FLAG_CWR | FLAG_ECE;
	unsigned bits = s->flags & mask;

	if (!(s->flags & FLAG_ACK))
		return (bits & (FLAG_CWR | FLAG_ECE)) == (FLAG_CWR | FLAG_ECE);
	if (peer != NULL && peer->flags & FLAG_AE)
		return bits != 0 && bits != mask;
	return (bits & (FLAG_CWR | FLAG_ECE)) == FLAG_ECE;
}

/* Options behind a cut or malformed one are unknown, not absent. */
static void
add_presence(struct json_writer *w, cJSON *parent, const char *key,
    const struct side_report *s, unsigned bit)
{
	bool has = (s->options.has & bit) != 0;

	if (!s->has_options ||
	    (!has && (s->options.cut || s->options.bad_kind != 0)))
		json_add_null(w, parent, key);
	else
		json_add_bool(w, parent, key, has);
}

static void
add_value(struct json_writer *w, cJSON *parent, const char *key,
    const struct side_report *s, unsigned bit, unsigned v)
{
	if (s->has_options && (s->options.has & bit) != 0)
		json_add_unsigned(w, parent, key, v);
	else
		json_add_null(w, parent, key);
}

void
options_json_add(
    struct json_writer *w, cJSON *parent, const struct conn_report *r)
{
	cJSON *both = json_add_object(w, parent, "options");

	for (unsigned i = CLIENT; i <= SERVER; i++) {
		const struct side_report *s = &r->side[i];
		const struct step *open = opening_step(r, i);
		cJSON *o = json_add_object(w, both, side_name(i));

		add_value(w, o, "mss", s, OPT_MSS, s->options.mss);
		add_value(
		    w, o, "window_scale", s, OPT_WSCALE, s->options.wscale);
		add_presence(w, o, "sack_permitted", s, OPT_SACK_PERMITTED);
		add_presence(w, o, "timestamps", s, OPT_TIMESTAMPS);
		add_presence(w, o, "fast_open", s, OPT_FAST_OPEN);
		add_presence(w, o, "mptcp", s, OPT_MPTCP);
		if (open == NULL)
			json_add_null(w, o, "ecn");
		else
			json_add_bool(
			    w, o, "ecn", takes_ecn(open, opening_step(r, !i)));
	}
}

void
sides_json_add(
    struct json_writer *w, cJSON *parent, const struct conn_report *r)
{
	cJSON *both = json_add_object(w, parent, "sides");

	for (unsigned i = CLIENT; i <= SERVER; i++) {
		const struct side_report *s = &r->side[i];
		cJSON *o = json_add_object(w, both, side_name(i));

		json_add_fields(w, o, side_fields, s);
		if (s->isn_known)
			json_add_unsigned(w, o, "isn", s->isn);
		else
			json_add_null(w, o, "isn");
		json_add_fields(
		    w, json_add_object(w, o, "window"), window_fields, s);
		json_add_fields(
		    w, json_add_object(w, o, "rtt_ms"), rtt_fields, &s->rtt);
		json_add_fields(
		    w, json_add_object(w, o, "loss"), loss_fields, s);
	}
}
