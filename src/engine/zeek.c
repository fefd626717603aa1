/*
 * zeek.c - conn_state and history of Zeek's conn.log.
 */
#include "engine/zeek.h"

#include <string.h>

#include "engine/conn.h"

/* Kinds of packets that the history tells once, or by sequence number. */
/* ZEEK_SEEN_ACK and ZEEK_SEEN_DATA are others. */
#define SEEN_SYN 0x01u
#define SEEN_FIN 0x02u
#define SEEN_RST 0x04u
#define SEEN_FIN_RST 0x20u
#define SEEN_MIXED 0x40u

#define CONTROL (FLAG_SYN | FLAG_FIN | FLAG_RST)

#define CASE_BIT 0x20

static const char scaled_letter[ZEEK_SCALED] = {
    [ZEEK_BAD_SUM] = 'C',
    [ZEEK_GAP] = 'G',
    [ZEEK_RESENT] = 'T',
    [ZEEK_ZERO_WINDOW] = 'W',
};

/* --- letters ---------------------------------------------------------- */

static char
letter_of(enum side x, char upper)
{
	return (char)(x == CLIENT ? upper : upper | CASE_BIT);
}

static void
letters_insert(struct zeek_history *z, unsigned at, char letter)
{
	enum side x;

	if (z->n == ZEEK_LETTERS) {
		z->letters[z->n - 1] = (char)('X' | (letter & CASE_BIT));
		return;
	}
	memmove(&z->letters[at + 1], &z->letters[at], z->n - at);
	z->letters[at] = letter;
	z->n++;
	for (x = CLIENT; x <= SERVER; x++)
		if (z->side[x].ahead_at > at)
			z->side[x].ahead_at++;
}

static void
letters_add(struct zeek_history *z, enum side x, char upper)
{
	letters_insert(z, z->n, letter_of(x, upper));
}

static bool
power_of_ten(uint32_t v)
{
	while (v >= 10 && v % 10 == 0)
		v /= 10;
	return v == 1;
}

static void
letters_count(
    struct zeek_history *z, enum side x, enum zeek_scaled what, unsigned at)
{
	if (power_of_ten(++z->side[x].count[what]))
		letters_insert(z, at, letter_of(x, scaled_letter[what]));
}

/* Of SYN, FIN and RST: again only with another sequence number. */
static void
letters_numbered(struct zeek_history *z, enum side x, unsigned kind,
    char letter, uint32_t *last, uint32_t seq)
{
	if (!(z->side[x].seen & kind) || *last != seq)
		letters_add(z, x, letter);
	z->side[x].seen |= (uint8_t)kind;
	*last = seq;
}

static void
letters_once(struct zeek_history *z, enum side x, unsigned kind, char letter)
{
	if (!(z->side[x].seen & kind))
		letters_add(z, x, letter);
	z->side[x].seen |= (uint8_t)kind;
}

/* The letter of the packet itself; data of a FIN is not told. */
static void
letters_packet(struct zeek_history *z, const struct obs *o)
{
	struct zeek_side *x = &z->side[o->x];
	const struct segment *seg = o->seg;

	switch (seg->flags & CONTROL) {
	case 0:
		if (o->len > 0)
			letters_once(z, o->x, ZEEK_SEEN_DATA, 'D');
		else if (o->has_a)
			letters_once(z, o->x, ZEEK_SEEN_ACK, 'A');
		break;
	case FLAG_SYN:
		letters_numbered(z, o->x, SEEN_SYN, o->has_a ? 'H' : 'S',
		    &x->syn_seq, seg->seq);
		break;
	case FLAG_FIN:
		letters_numbered(
		    z, o->x, SEEN_FIN, 'F', &x->fin_seq, seg->seq + seg->len);
		break;
	case FLAG_RST:
		letters_numbered(z, o->x, SEEN_RST, 'R', &x->rst_seq, seg->seq);
		break;
	default:
		if (segment_has(seg, FLAG_FIN) && segment_has(seg, FLAG_RST))
			letters_once(z, o->x, SEEN_FIN_RST, 'I');
		else
			letters_once(z, o->x, SEEN_MIXED, 'Q');
		break;
	}
}

/* --- states ----------------------------------------------------------- */

static void
side_move(struct zeek_side *s, enum zeek_end to)
{
	if (s->now == to)
		return;
	s->before = s->now;
	s->now = (uint8_t)to;
}

/* The first packet of a side. */
static void
side_start(struct zeek_side *x, struct zeek_side *y, const struct obs *o)
{
	if (segment_has(o->seg, FLAG_SYN)) {
		if (o->x == CLIENT && y->now != ZEEK_ESTABLISHED) {
			side_move(x, ZEEK_SYN_SENT);
		} else {
			if (y->now == ZEEK_SYN_SENT)
				side_move(y, ZEEK_ESTABLISHED);
			side_move(x, ZEEK_ESTABLISHED);
		}
	}
	if (segment_has(o->seg, FLAG_FIN))
		side_move(x, ZEEK_CLOSED);
	if (segment_has(o->seg, FLAG_RST))
		side_move(x, ZEEK_RESET);
	if (x->now != ZEEK_INACTIVE)
		return;
	/* some acknowledge a SYN before they answer it */
	if (o->x == SERVER && o->len == 0 && y->now == ZEEK_SYN_SENT)
		return;
	side_move(x, o->has_a && y->now == ZEEK_ESTABLISHED ? ZEEK_ESTABLISHED
							    : ZEEK_PARTIAL);
}

static void
side_go_on(struct zeek_side *x, struct zeek_side *y, const struct obs *o)
{
	bool rst = segment_has(o->seg, FLAG_RST);

	if (segment_has(o->seg, FLAG_SYN) && !o->has_a &&
	    x->now == ZEEK_PARTIAL && y->now == ZEEK_INACTIVE)
		side_move(x, ZEEK_SYN_SENT);
	if (segment_has(o->seg, FLAG_FIN) && !rst) {
		side_move(x, ZEEK_CLOSED);
		/* FIN, RST, FIN: both have closed after all */
		if (y->now == ZEEK_RESET && y->before == ZEEK_CLOSED)
			side_move(y, ZEEK_CLOSED);
	}
	if (rst)
		side_move(x, ZEEK_RESET);
}

static void
side_advance(struct zeek_side *x, struct zeek_side *y, const struct obs *o)
{
	switch (x->now) {
	case ZEEK_INACTIVE:
		side_start(x, y, o);
		break;
	case ZEEK_CLOSED:
		if (segment_has(o->seg, FLAG_RST) && y->now != ZEEK_CLOSED)
			side_move(x, ZEEK_RESET);
		break;
	case ZEEK_RESET:
		break;
	default:
		side_go_on(x, y, o);
		break;
	}
}

/* --- gaps ------------------------------------------------------------- */

static uint64_t
gap_bytes(const struct endpoint *ep)
{
	return ep->rare != NULL ? ep->rare->gap_bytes : 0;
}

static bool
gap_unchanged(const struct conn *c, enum side x)
{
	const struct zeek_side *s = &c->zeek.side[x];

	return gap_bytes(&c->ep[x]) == s->gap_bytes &&
	       c->ep[x].has_ack_ahead == (s->ahead_at != 0);
}

/* Established, or closed from there: else numbers may mislead. */
static bool
side_clean(const struct zeek_side *s)
{
	return s->now == ZEEK_ESTABLISHED ||
	       (s->now == ZEEK_CLOSED && s->before == ZEEK_ESTABLISHED);
}

static void
gap_check(struct conn *c, enum side x)
{
	struct zeek_history *z = &c->zeek;
	struct zeek_side *s = &z->side[x];
	uint64_t bytes = gap_bytes(&c->ep[x]);

	if (gap_unchanged(c, x))
		return;
	if (bytes > s->gap_bytes && side_clean(s) && side_clean(&z->side[!x]))
		letters_count(
		    z, x, ZEEK_GAP, s->ahead_at != 0 ? s->ahead_at : z->n);
	s->gap_bytes = bytes;
	/* its bytes may only be late: till the end that is the place */
	if (!c->ep[x].has_ack_ahead)
		s->ahead_at = 0;
	else if (s->ahead_at == 0 && side_clean(s) && side_clean(&z->side[!x]))
		s->ahead_at = z->n;
}

/* --- entries ---------------------------------------------------------- */

bool
zeek_quiet(const struct conn *c)
{
	return gap_unchanged(c, CLIENT) && gap_unchanged(c, SERVER);
}

/* Nearly every segment. */
static bool
nothing_new(const struct conn *c, const struct obs *o)
{
	return zeek_told(&c->zeek, o->x, o->len > 0) &&
	       !segment_has(o->seg, CONTROL) && o->seg->wnd != 0 &&
	       !o->resend && !o->bad && zeek_quiet(c);
}

void
zeek_observe(struct conn *c, const struct obs *o)
{
	struct zeek_history *z = &c->zeek;
	struct zeek_side *x = &z->side[o->x], *y = &z->side[o->y];

	if (nothing_new(c, o))
		return;
	if (c->last_frame == 0 && o->x == SERVER)
		letters_insert(z, z->n, '^');
	if (o->bad) {
		letters_count(z, o->x, ZEEK_BAD_SUM, z->n);
		return;
	}
	letters_packet(z, o);
	if (o->seg->wnd == 0 && !segment_has(o->seg, FLAG_RST) &&
	    y->now != ZEEK_CLOSED && x->now != ZEEK_RESET)
		letters_count(z, o->x, ZEEK_ZERO_WINDOW, z->n);
	if (o->resend && o->len > 0 && x->now != ZEEK_RESET)
		letters_count(z, o->x, ZEEK_RESENT, z->n);
	side_advance(x, y, o);
	gap_check(c, o->y);
	gap_check(c, o->x);
}

void
zeek_flip(struct zeek_history *z)
{
	struct zeek_side side = z->side[CLIENT];
	unsigned i;

	z->side[CLIENT] = z->side[SERVER];
	z->side[SERVER] = side;
	for (i = 0; i < z->n; i++)
		if (z->letters[i] != '^')
			z->letters[i] ^= CASE_BIT;
	if (z->n > 0)
		letters_insert(z, z->n, '^');
}

/* The originator's SYN, then its RST, and nothing between that counts. */
static bool
reset_after_syn(const char *letters)
{
	if (*letters == '^')
		letters++;
	return *letters == 'S' && letters[strcspn(letters, "HAFGIQR")] == 'R';
}

static bool
without_data(const struct conn *c)
{
	return endpoint_span(&c->ep[CLIENT]) == 0 &&
	       endpoint_span(&c->ep[SERVER]) == 0;
}

/* The first that fits; inactive or joined midstream counts as unopened. */
static const char *
conn_state(const struct conn *c)
{
	const struct zeek_history *z = &c->zeek;
	enum zeek_end o = (enum zeek_end)z->side[CLIENT].now;
	enum zeek_end r = (enum zeek_end)z->side[SERVER].now;
	bool o_unopened = o == ZEEK_INACTIVE || o == ZEEK_PARTIAL;
	bool r_unopened = r == ZEEK_INACTIVE || r == ZEEK_PARTIAL;

	if (r == ZEEK_RESET) {
		if (o == ZEEK_SYN_SENT || (o == ZEEK_RESET && without_data(c)))
			return "REJ";
		return o_unopened ? "RSTRH" : "RSTR";
	}
	if (o == ZEEK_RESET) {
		if (!r_unopened)
			return "RSTO";
		return reset_after_syn(z->letters) ? "RSTOS0" : "OTH";
	}
	if (o == ZEEK_CLOSED && r == ZEEK_CLOSED)
		return "SF";
	if (o == ZEEK_CLOSED)
		return r_unopened ? "SH" : "S2";
	if (r == ZEEK_CLOSED)
		return o_unopened ? "SHR" : "S3";
	if (o == ZEEK_SYN_SENT && r == ZEEK_INACTIVE)
		return "S0";
	if (o == ZEEK_ESTABLISHED && r == ZEEK_ESTABLISHED)
		return "S1";
	return "OTH";
}

void
zeek_report(const struct conn *c, struct conn_report *r)
{
	struct zeek_history z = c->zeek;
	enum side x;

	/* the bytes of the latest ACKs never came */
	for (x = CLIENT; x <= SERVER; x++)
		if (z.side[x].ahead_at != 0 && c->ep[x].seen && !c->one_way)
			letters_count(&z, x, ZEEK_GAP, z.side[x].ahead_at);
	r->zeek_conn_state = conn_state(c);
	memcpy(r->zeek_history, z.letters, sizeof(r->zeek_history));
}
