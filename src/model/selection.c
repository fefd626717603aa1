/*
 * selection.c - which connections are reported.
 */
#include "model/selection.h"

static bool
selects_number(const struct report_options *o, uint32_t number)
{
	for (size_t i = 0; i < o->connections_n; i++)
		if (number >= o->connections[i].first &&
		    number <= o->connections[i].last)
			return true;
	return o->connections_n == 0;
}

static bool
selects_kind(const struct report_options *o, const struct conn_report *r)
{
	if (o->kinds == NULL)
		return true;
	for (unsigned i = 0; i < ANOMALY_COUNT; i++)
		if (o->kinds[i] && r->kind_count[i] > 0)
			return true;
	return false;
}

bool
report_selects(const struct report_options *o, const struct conn_report *r)
{
	return selects_number(o, r->number) &&
	       (!o->has_min_severity || r->worst >= o->min_severity) &&
	       selects_kind(o, r);
}
