/*
 * finding_text.c - findings in plain words. They say what was seen; where it
 * may have several causes, they name them all.
 */
#include "report/finding_text.h"

#include <stdio.h>

#include "model/report.h"
#include "report/notation.h"
#include "report/text_format.h"

static void
say_number(struct text *t, uint64_t n, const char *one, const char *many)
{
	text_addf(t, "%s %s", format_count(n).s, n == 1 ? one : many);
}

static void
say_connections(struct text *t, const struct finding *g)
{
	say_number(t, g->connections, "connection", "connections");
}

/* "64 or more hosts" */
static void
say_others(struct text *t, const struct finding *g, const char *many)
{
	text_addf(t, "%u%s %s", g->others_n,
	    g->others_n == FINDING_OTHERS ? " or more" : "", many);
}

static struct formatted
address(const struct finding *g, const uint8_t addr[16])
{
	char buf[NOTATION_MAX];
	struct formatted f;

	snprintf(f.s, sizeof(f.s), "%s",
	    notation_address(buf, addr, g->key.version));
	return f;
}

static struct formatted
host(const struct finding *g, enum side s)
{
	if (g->key.parts & PART_PORT && s == SERVER)
		return format_endpoint(
		    g->key.addr[s], g->key.version, g->key.port);
	return address(g, g->key.addr[s]);
}

/* "all from 10.0.0.5", "from 12 clients" */
static void
say_clients(struct text *t, const struct finding *g)
{
	if (g->others_n == 1) {
		text_addf(t, ", all from %s", address(g, g->peer).s);
		return;
	}
	text_add(t, ", from ");
	say_others(t, g, "clients");
}

/* "5 refused, 1,986 not answered, 3 not completed" */
static void
say_failures(struct text *t, const struct finding *g)
{
	const struct {
		uint64_t n;
		const char *how;
	} part[] = {{g->refused, "refused"}, {g->unanswered, "not answered"},
	    {g->unfinished, "not completed"}};
	const char *separator = "";

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		if (part[i].n == 0)
			continue;
		text_addf(t, "%s%s %s", separator, format_count(part[i].n).s,
		    part[i].how);
		separator = ", ";
	}
}

static void
say_opens_fail(struct text *t, const struct finding *g)
{
	say_connections(t, g);
	text_addf(t, " of %s to ", host(g, CLIENT).s);
	say_others(t, g, "hosts");
	text_add(t, " failed to open: ");
	say_failures(t, g);
	text_add(
	    t, g->refused + g->unfinished > 0
		   ? "; a sweep, dead hosts or a broken path"
		   : "; a sweep, dead hosts, a broken path, or answers that "
		     "were not captured");
}

static void
say_port_scan(struct text *t, const struct finding *g)
{
	text_addf(t, "%s tried ", host(g, CLIENT).s);
	say_others(t, g, "ports");
	text_addf(t, " of %s in ", host(g, SERVER).s);
	say_connections(t, g);
	text_add(t, ": ");
	say_failures(t, g);
	text_add(t, "; this looks like a port scan");
}

static void
say_syn_flood(struct text *t, const struct finding *g)
{
	say_number(t, g->connections, "handshake", "handshakes");
	text_addf(t, " with %s never completed", host(g, SERVER).s);
	say_clients(t, g);
	text_addf(t,
	    " within %s; a SYN flood, or its answers do not reach the "
	    "clients",
	    format_duration(g->last_ns - g->first_ns).s);
}

static void
say_refuses(struct text *t, const struct finding *g)
{
	say_connections(t, g);
	text_addf(t, " to %s refused", host(g, SERVER).s);
	say_clients(t, g);
}

static void
say_silent(struct text *t, const struct finding *g)
{
	say_connections(t, g);
	text_addf(t, " to %s not answered", host(g, SERVER).s);
	say_clients(t, g);
	text_add(t, "; it is down or filtered, or its answers were not "
		    "captured");
}

static void
say_half_open(struct text *t, const struct finding *g)
{
	say_number(t, g->connections, "handshake", "handshakes");
	text_addf(t, " with %s not completed", host(g, SERVER).s);
	say_clients(t, g);
}

static void
say_forged(struct text *t, const struct finding *g)
{
	say_connections(t, g);
	text_addf(t,
	    " with %s cut by resets that probably came from a "
	    "third party",
	    host(g, SERVER).s);
	say_clients(t, g);
}

static void
say_resets(struct text *t, const struct finding *g)
{
	enum side s = g->key.parts & PART_SERVER ? SERVER : CLIENT;

	say_connections(t, g);
	text_addf(t, " reset by %s", host(g, s).s);
	if (g->others_n == 1) {
		text_addf(t, ", all with %s", address(g, g->peer).s);
		return;
	}
	text_add(t, ", with ");
	say_others(t, g, "peers");
}

/* "; sent again: 45 of 900 data segments of the clients, ..." */
static void
say_resent(struct text *t, const struct finding *g)
{
	const char *separator = "; sent again: ";

	for (unsigned s = CLIENT; s <= SERVER; s++) {
		if (g->data_packets[s] == 0)
			continue;
		text_addf(t, "%s%s of %s data segments of the %s", separator,
		    format_count(g->resent_packets[s]).s,
		    format_count(g->data_packets[s]).s,
		    s == CLIENT ? "clients" : "servers");
		separator = ", ";
	}
}

static void
say_path_loses(struct text *t, const struct finding *g)
{
	say_connections(t, g);
	text_addf(t, " with %s lost segments", host(g, SERVER).s);
	say_clients(t, g);
	say_resent(t, g);
}

static void
say_client_loses(struct text *t, const struct finding *g)
{
	say_connections(t, g);
	text_addf(t, " of %s with ", host(g, CLIENT).s);
	say_others(t, g, "servers");
	text_add(t, " lost segments");
	say_resent(t, g);
}

static void
say_port_reuse(struct text *t, const struct finding *g)
{
	say_connections(t, g);
	text_addf(t,
	    " of %s to %s used a port again before its old segments had died "
	    "out; the client may run short of ports",
	    host(g, CLIENT).s, host(g, SERVER).s);
}

static void
say_one_way(struct text *t, const struct finding *g)
{
	text_add(t, "the capture holds only one direction of ");
	say_connections(t, g);
}

static void
say_capture_loses(struct text *t, const struct finding *g)
{
	text_add(t, "the capture itself missed packets of ");
	say_connections(t, g);
	text_add(t, ": what they lost may not have been lost on the wire");
}

static void
say_event(struct text *t, const struct finding *g)
{
	say_connections(t, g);
	text_addf(t, " with %s show %s", host(g, SERVER).s,
	    anomaly_table[g->key.what].name);
	say_clients(t, g);
}

static void
say_verdict(struct text *t, const struct finding *g)
{
	say_connections(t, g);
	text_addf(t, " with %s are judged %s", host(g, SERVER).s,
	    verdict_name((enum verdict_id)g->key.what));
	say_clients(t, g);
}

static void
say_slow(struct text *t, const struct finding *g)
{
	say_connections(t, g);
	text_addf(t, " waited for the answers of %s most of the time",
	    host(g, SERVER).s);
	say_clients(t, g);
}

static void
say_backscatter(struct text *t, const struct finding *g)
{
	text_addf(t, "%s answered ", host(g, SERVER).s);
	say_others(t, g, "hosts");
	text_add(t, " of whose questions nothing was captured: forged "
		    "addresses, or the capture holds one direction");
}

static void (*const say[FINDING_COUNT])(
    struct text *t, const struct finding *g) = {
    [FINDING_OPENS_FAIL] = say_opens_fail,
    [FINDING_PORT_SCAN] = say_port_scan,
    [FINDING_SYN_FLOOD] = say_syn_flood,
    [FINDING_SERVER_REFUSES] = say_refuses,
    [FINDING_SERVER_SILENT] = say_silent,
    [FINDING_HALF_OPEN] = say_half_open,
    [FINDING_FORGED_RESETS] = say_forged,
    [FINDING_HOST_RESETS] = say_resets,
    [FINDING_PATH_LOSES] = say_path_loses,
    [FINDING_CLIENT_LOSES] = say_client_loses,
    [FINDING_PORT_REUSE] = say_port_reuse,
    [FINDING_CAPTURE_ONE_WAY] = say_one_way,
    [FINDING_CAPTURE_LOSES] = say_capture_loses,
    [FINDING_SAME_EVENT] = say_event,
    [FINDING_SAME_VERDICT] = say_verdict,
    [FINDING_SERVER_SLOW] = say_slow,
    [FINDING_BACKSCATTER] = say_backscatter,
};

void
finding_say(struct text *t, const struct finding *g)
{
	say[g->key.id](t, g);
}
